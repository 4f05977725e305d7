package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// KeyPrint is a key of DATA/keys as the database knows it: by its fingerprint. All
// control nodes of one database have the same keys, or what one seals, signs and
// certifies is refused by the others.
type KeyPrint struct {
	Name  string // for people
	File  string // in DATA/keys
	Print string
	// Also are those that it takes over from, or that will take over from it.
	Also []string
}

// keyFiles are all that an installation has.
var keyFiles = []string{"master", "token.pem", "ca.pem"}

// Print is the fingerprint of the master key.
func (s *Sealer) Print() KeyPrint {
	return KeyPrint{Name: "master key", File: keyFiles[0], Print: hex.EncodeToString(s.Derive("fingerprint")[:16])}
}

// Print is the fingerprint of the token key.
func (t *Tokens) Print() KeyPrint {
	sum := sha256.Sum256(t.key.N.Bytes())
	return KeyPrint{Name: "token key", File: keyFiles[1], Print: hex.EncodeToString(sum[:16])}
}

// metaKey is where the fingerprint of a file stands.
func metaKey(file string) string { return "key." + file }

// KeysThere refuses a folder that lacks a key which the database knows: a new one
// that was made in its place would fit nothing.
//
// path: DATA/keys
func KeysThere(ctx context.Context, db *store.DB, dir string) error {
	return db.Read(ctx, func(tx *store.Tx) error {
		for _, file := range keyFiles {
			_, known, err := store.Meta(tx, metaKey(file))
			if err != nil {
				return err
			}
			if !known {
				continue
			}
			path := filepath.Join(dir, file)
			if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
				return cloud.Errorf(cloud.Conflict, "keys.missing", "%s is missing, and this database was made with one", path).WithFix(keysFix)
			} else if err != nil {
				return err
			}
		}
		return nil
	})
}

const keysFix = "Copy DATA/keys from another control node of this database, or from where it was kept (docs/operate/backup.md). " +
	"If it is lost for good, start once with --accept-keys."

// SameKeys compares the keys of this node with those that the database knows, and
// tells it those that it does not know. accept takes this node's for right.
func SameKeys(ctx context.Context, db *store.DB, keys []KeyPrint, accept bool) error {
	return db.Write(ctx, func(tx *store.Tx) error {
		for _, k := range keys {
			known, ok, err := store.Meta(tx, metaKey(k.File))
			switch {
			case err != nil:
				return err
			case ok && known == k.Print:
				continue
			case ok && !accept && !slices.Contains(k.Also, known):
				return cloud.Errorf(cloud.Conflict, "keys.other",
					"the %s in DATA/keys/%s (%s) is not the one that this database was made with (%s)", k.Name, k.File, k.Print, known).
					WithFix(keysFix)
			}
			if err := store.SetMeta(tx, metaKey(k.File), k.Print); err != nil {
				return fmt.Errorf("remember the %s: %w", k.Name, err)
			}
		}
		return nil
	})
}
