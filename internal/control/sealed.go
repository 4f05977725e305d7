package control

import (
	"encoding/hex"
	"fmt"

	"github.com/virga-cloud/virga/internal/cloud"
)

// Where sealed values belong. Each is named by what makes its row the one it is,
// so that a value which somebody moved to another row in the database opens
// nowhere else.

// ofKey is the place of an API key, of a user or a member, by its hash.
func ofKey(hash []byte) string { return "key " + hex.EncodeToString(hash) }

// ofPassword is the place of a server's first password, by its hash.
func ofPassword(hash string) string { return "password " + hash }

// ofAnswer is the place of a stored answer.
func ofAnswer(user int64, key string) string { return fmt.Sprintf("answer %d %s", user, key) }

// ofSetting is the place of a setting.
func ofSetting(name string) string { return "setting " + name }

// ofNotes is the place of the notes of an address.
func ofNotes(ip *cloud.IP) string { return fmt.Sprintf("notes %d %s", ip.SubnetID, ip.Addr) }
