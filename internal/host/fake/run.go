package fake

import "net"

// echo plays a guest's end of a connection until the other end closes it.
func echo(c net.Conn, greeting string) { go serve(c, greeting) }
