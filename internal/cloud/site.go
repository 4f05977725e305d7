package cloud

// Site is an office of a member. With CloudRegion it is a region: the place
// where machines are, a data centre of the 1&1 dialect.
type Site struct {
	Meta
	MemberID    int64
	Name        string
	CloudRegion bool   // machines are here
	Country     string // two letters
	Location    string // for people: a city
	DefaultFor  bool   // the data centre used when a request names none
	Driver      string // VirgaDriver or RobotDriver
	Inside      string // prefix out of which default projects get their network `public`
}

// Drivers of a region: who carries out what is wanted there.
const (
	VirgaDriver = "virga" // hosts that this installation orders
	RobotDriver = "robot" // a program of somebody else that reads and writes states through CloudCIX (R21)
)
