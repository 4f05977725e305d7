package image

func debianPackages() []string { return []string{"mmdebstrap"} }
