package experiment

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
)

// Canonical is the JSON of the completed setting, fields in their fixed order: what is hashed.
func (s Setting) Canonical() []byte {
	b, err := json.Marshal(s.Complete())
	if err != nil { // NaN or infinity: Validate says which field
		return []byte(fmt.Sprintf("%+v", s))
	}
	return b
}

// Hash is the first 12 hexadecimal digits of the sha256 of Canonical.
func (s Setting) Hash() string {
	sum := sha256.Sum256(s.Canonical())
	return hex.EncodeToString(sum[:])[:12]
}

// Arm names what a figure compares: the policy of MoCo, or the method.
func (s Setting) Arm() string {
	if s = s.Complete(); s.Method == MoCo {
		return s.Policy
	}
	return s.Method
}

// String is the run's name: "taxa 0-5 seed 3".
func (s Setting) String() string {
	s = s.Complete()
	return fmt.Sprintf("%s %s seed %d", s.Dataset, s.Arm(), s.Seed)
}

// FileName is the name of the run's record: "taxa_0-5_seed3_1a2b3c4d5e6f.json". The hash decides; the rest is for
// readers.
func (s Setting) FileName() string {
	return fmt.Sprintf("%s_%s_seed%d_%s.json", plain(s.Complete().Dataset), plain(s.Arm()), s.Seed, s.Hash())
}

// plain replaces what some file system would not take.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '.':
			return r
		}
		return '-'
	}, name)
}
