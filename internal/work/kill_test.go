package work_test

const childEnv = "VIRGA_WORK_CHILD"

func child() int { return 0 }
