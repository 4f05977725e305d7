package auth

import (
	"crypto/sha512"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Guests check passwords with crypt(3), so what goes into their /etc/shadow is
// SHA-512 crypt ("$6$"). The steps and their odd order are those of
// https://www.akkadia.org/drepper/SHA-crypt.txt (public domain); the numbers in
// the comments are the steps of that text.

const (
	cryptAlphabet  = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	cryptRounds    = 5000 // the number that is meant when none is named
	cryptMinRounds = 1000
	cryptMaxRounds = 999_999_999
	cryptSaltLen   = 16
)

// CryptPassword makes a crypt(3) hash with a fresh salt, to be put into a
// guest's seed.
func CryptPassword(password string, rand io.Reader) (string, error) {
	raw := make([]byte, cryptSaltLen)
	if _, err := io.ReadFull(rand, raw); err != nil {
		return "", fmt.Errorf("salt of a guest password: %w", err)
	}
	return Crypt(password, raw), nil
}

// SHA512Crypt hashes a password as crypt(3) does for settings of the form
// "$6$salt" or "$6$rounds=n$salt"; what follows the salt is ignored, so a whole
// hash may be given to check a password against it.
func SHA512Crypt(password, setting string) string {
	rest := strings.TrimPrefix(setting, "$6$")
	rounds, named := cryptRounds, false
	if text, ok := strings.CutPrefix(rest, "rounds="); ok {
		if number, after, ok := strings.Cut(text, "$"); ok {
			if n, err := strconv.Atoi(number); err == nil {
				rounds, named, rest = min(max(n, cryptMinRounds), cryptMaxRounds), true, after
			}
		}
	}
	salt, _, _ := strings.Cut(rest, "$")
	salt = salt[:min(len(salt), cryptSaltLen)]

	sum := cryptDigest([]byte(password), []byte(salt), rounds)
	head := "$6$"
	if named {
		head += "rounds=" + strconv.Itoa(rounds) + "$"
	}
	return head + salt + "$" + cryptEncode(sum)
}

func cryptDigest(key, salt []byte, rounds int) [64]byte {
	// 4-8: the other digest
	b := sha512.New()
	b.Write(key)
	b.Write(salt)
	b.Write(key)
	other := b.Sum(nil)

	// 1-3, 9-12: the first digest takes as much of the other as the key is long,
	// then either for each bit of that length
	a := sha512.New()
	a.Write(key)
	a.Write(salt)
	a.Write(repeatTo(other, len(key)))
	for n := len(key); n > 0; n >>= 1 {
		if n&1 != 0 {
			a.Write(other)
		} else {
			a.Write(key)
		}
	}
	sum := [64]byte(a.Sum(nil))

	// 13-16: P, as long as the key
	dp := sha512.New()
	for range key {
		dp.Write(key)
	}
	p := repeatTo(dp.Sum(nil), len(key))
	// 17-20: S, as long as the salt
	ds := sha512.New()
	for range 16 + int(sum[0]) {
		ds.Write(salt)
	}
	s := repeatTo(ds.Sum(nil), len(salt))

	// 21: the rounds
	for i := range rounds {
		c := sha512.New()
		if i%2 != 0 {
			c.Write(p)
		} else {
			c.Write(sum[:])
		}
		if i%3 != 0 {
			c.Write(s)
		}
		if i%7 != 0 {
			c.Write(p)
		}
		if i%2 != 0 {
			c.Write(sum[:])
		} else {
			c.Write(p)
		}
		sum = [64]byte(c.Sum(nil))
	}
	return sum
}

// repeatTo repeats a digest until it is n bytes long.
func repeatTo(digest []byte, n int) []byte {
	out := make([]byte, 0, n+len(digest))
	for len(out) < n {
		out = append(out, digest...)
	}
	return out[:n]
}

// cryptEncode is step 22: groups of three bytes, 21 apart, whose order rotates
// from group to group, as four characters each, lowest bits first; the last byte
// makes two.
func cryptEncode(sum [64]byte) string {
	var out strings.Builder
	put := func(w uint, n int) {
		for range n {
			out.WriteByte(cryptAlphabet[w&63])
			w >>= 6
		}
	}
	x, y, z := 0, 21, 42
	for range 21 {
		put(uint(sum[x])<<16|uint(sum[y])<<8|uint(sum[z]), 4)
		x, y, z = y+1, z+1, x+1
	}
	put(uint(sum[63]), 2)
	return out.String()
}

// Crypt is CryptPassword with the random bytes of the salt given.
func Crypt(password string, salt []byte) string {
	text := make([]byte, min(len(salt), cryptSaltLen))
	for i := range text {
		text[i] = cryptAlphabet[salt[i]&63]
	}
	return SHA512Crypt(password, "$6$"+string(text))
}
