package control

import (
	"net/netip"

	"github.com/virga-cloud/virga/internal/cloud"
)

// Pick names an object by either identity; the 1&1 dialect knows UID, CloudCIX
// knows ID.
type Pick struct {
	UID cloud.UID
	ID  int64
}

// DiskIn is a disk to be made or changed.
type DiskIn struct {
	ID     Pick // when an existing one is meant
	Name   string
	SizeGB int
	Main   bool
}

// AddressIn asks for a private address of a server (CloudCIX).
type AddressIn struct {
	Addr netip.Addr
	NAT  bool
}

// CreateServerIn is what a server is made from. Exactly one of Flavor and
// (VCPU, Cores, RAM, Disks) describes the hardware.
type CreateServerIn struct {
	Limits      cloud.Limits
	Name        string
	UniqueName  bool // refuse a name in use in the project (CloudCIX)
	Description string
	Hostname    string
	Region      Pick // empty: the default region
	Project     Pick // empty: the default project of the actor's site in the region (R22)
	Image       Pick
	Flavor      Pick
	VCPU, Cores int
	RAM         int // MiB
	Disks       []DiskIn
	StorageType int64 // 0 = the region's default
	Off         bool  // do not power on
	Password    string
	KeyTexts    []string
	KeyIDs      []Pick
	UserData    string
	DNS         []string
	// 1&1: one public address. IP names a free one that is already owned.
	PublicIP bool
	IP       Pick
	Policy   Pick // empty: the default of the image's family
	BlockAll bool // firewall_policy_id "0"
	// CloudCIX: explicit private addresses, and the network with the default route.
	GatewayNet string // text of the subnet
	Addresses  []AddressIn
}

// PowerIn asks for power.
type PowerIn struct {
	Action Action
	Hard   bool // do not ask the guest
}

// Action is a power action.
type Action string

// Power actions.
const (
	PowerOn  Action = "POWER_ON"
	PowerOff Action = "POWER_OFF"
	Reboot   Action = "REBOOT"
)

// HardwareIn changes the shape; zero fields stay as they are.
type HardwareIn struct {
	Limits       cloud.Limits
	Flavor       Pick
	VCPU, Cores  int
	RAM          int  // MiB
	RAMGB        int  // instead of RAM: whole GB; the rounded number that is shown is no change (R0a, R11)
	AllowRestart bool // CloudCIX: may stop and start the machine (R12); 1&1: hot or refused
}

// UpdateServerIn changes names; nil stays.
type UpdateServerIn struct {
	Limits      cloud.Limits
	Name        *string
	UniqueName  bool
	Description *string
}

// ReinstallIn puts a fresh copy of an image on the main disk.
type ReinstallIn struct {
	Image    Pick
	Password string
	KeyTexts []string
	Policy   Pick
}

// CloneIn copies a server with its disks.
type CloneIn struct {
	Limits cloud.Limits
	Name   string
	Region Pick
}

// DeleteServerIn removes a server.
type DeleteServerIn struct {
	KeepIPs bool
	Grace   bool // CloudCIX state 8: stop now, remove after the project's grace period
}

// View is a server with everything a dialect shows of it.
type View struct {
	*cloud.Server
	Region   *cloud.Site
	Project  *cloud.Project
	Image    *cloud.Image
	DVD      *cloud.Image    // nil = none
	Flavor   *cloud.Flavor   // of the shape that was carried out last (R4)
	Volumes  []*cloud.Volume // main first, then by id; those that are wanted
	Leaving  []*cloud.Volume // ordered away, and the host still has them
	NICs     []*cloud.NIC
	Networks map[int64]*cloud.Subnet // by id: networks of NICs, subnets of IPs, the gateway network
	IPs      []*cloud.IP             // private and public ones, oldest first
	Policies map[int64]*cloud.Policy // of the public IPs
	Snapshot *cloud.Snapshot         // the one that 1&1 shows (R10); nil = none
	// Password is the first password in clear, "" when none is to be shown.
	Password string
}

// Partner is the public address that a private one is translated to: the
// oldest, nil when there is none.
func (v *View) Partner(private int64) *cloud.IP {
	for _, ip := range v.IPs {
		if ip.PrivateID == private && private != 0 {
			return ip
		}
	}
	return nil
}

// Operation is a start event with its end, nil while it runs: one entry of
// the 1&1 log.
type Operation struct {
	Start *cloud.Event
	End   *cloud.Event
}

// ChangeServerIn is the compound change of CloudCIX: every part that is not
// nil, in one transaction.
type ChangeServerIn struct {
	UpdateServerIn
	State    *int // 4 running (restore), 5 stop, 7 start, 8 remove after grace, 10, 15
	NAT      map[netip.Addr]bool
	Hardware *HardwareIn
	Grow     []DiskIn // with ID: new size or name
	Add      []DiskIn
	UserData *string
}

// KeyIn makes or changes a stored key; nil stays. A creation without Text
// generates a pair.
type KeyIn struct {
	Limits      cloud.Limits
	Name        *string
	Description *string
	Text        *string
}

// KeyView is a key with the servers that carry it. Private is set in the
// answer to a creation that generated the pair, and never again.
type KeyView struct {
	*cloud.Key
	Servers []*cloud.Server
	Private string
}

// IPView is a public address with what it is assigned to.
type IPView struct {
	*cloud.IP
	Server *cloud.Server // nil = free
	Region *cloud.Site
	// Busy: a plan that holds it is behind, or the hold runs (R5).
	Busy bool
}

// CreateProjectIn makes a project with its router and address plan.
type CreateProjectIn struct {
	Region Pick
	Name   string
	Note   string
	Grace  *int // hours
}

// UpdateProjectIn changes a project; nil stays.
type UpdateProjectIn struct {
	Name  *string
	Note  *string
	Grace *int
	State *int // 8 shut down, 4 restore
}

// ProjectView is a project with what its state is computed from.
type ProjectView struct {
	*cloud.Project
	Router   *cloud.Router
	Floating *cloud.IP
	Lives    []*cloud.Server // one for each situation that servers are in, closed ones included
	Subnets  []*cloud.Subnet // project networks, alive
}

// HistoryView is an event with the project it concerns, for *_history.
type HistoryView struct {
	*cloud.Event
}
