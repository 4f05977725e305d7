package fuzzbody

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// Vary changes one or two values of a good body to others that somebody may mean:
// another word, another number near by, another truth, another address of the same
// network. Ids stay.
func Vary(rng *rand.Rand, good []byte) []byte {
	var tree any
	if json.Unmarshal(good, &tree) != nil {
		return good
	}
	for range 1 + rng.IntN(2) {
		tree = vary(rng, "", tree)
	}
	out, err := json.Marshal(tree)
	if err != nil {
		return good
	}
	return out
}

func vary(rng *rand.Rand, name string, v any) any {
	if name == "id" || strings.HasSuffix(name, "_id") {
		return v
	}
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 {
			return v
		}
		keys := slices.Sorted(maps.Keys(v))
		key := keys[rng.IntN(len(keys))]
		v[key] = vary(rng, key, v[key])
		return v
	case []any:
		if len(v) == 0 {
			return v
		}
		i := rng.IntN(len(v))
		v[i] = vary(rng, name, v[i])
		return v
	case bool:
		return !v
	case float64:
		return max(1, v+float64(rng.IntN(5)-1)*step(name))
	case string:
		return word(rng, v)
	}
	return v
}

// step is by how much a number differs from the next one that can be.
func step(name string) float64 {
	if name == "size" || name == "gb" {
		return 10
	}
	return 1
}

// word is another text of the same kind: an address or network keeps its form, and
// so does what is one of a few words in capitals.
func word(rng *rand.Rand, s string) string {
	switch {
	case s == strings.ToUpper(s) && strings.ContainsAny(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"):
		return s
	case strings.Trim(s, "0123456789./") == "" && strings.Count(s, ".") == 3 && strings.HasSuffix(s, "/24"):
		return "10." + digits(rng) + "." + digits(rng) + ".1/24"
	case strings.Trim(s, "0123456789.") == "" && strings.Count(s, ".") == 3:
		return s[:strings.LastIndex(s, ".")+1] + digits(rng)
	case strings.ContainsAny(s, "/,: "):
		return s
	}
	return s[:min(len(s), 3)] + digits(rng)
}

func digits(rng *rand.Rand) string {
	return string([]byte{byte('1' + rng.IntN(2)), byte('0' + rng.IntN(5)), byte('1' + rng.IntN(5))})
}
