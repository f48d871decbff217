package experiment

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Bits is a list of yes and no. In JSON it is "N:BASE64": the length, a colon, and the bits packed into bytes, the
// first one in the lowest bit of the first byte.
type Bits []bool

// Count is the number of yes.
func (b Bits) Count() int {
	n := 0
	for _, yes := range b {
		if yes {
			n++
		}
	}
	return n
}

// MarshalJSON packs b.
func (b Bits) MarshalJSON() ([]byte, error) {
	packed := make([]byte, (len(b)+7)/8)
	for i, yes := range b {
		if yes {
			packed[i/8] |= 1 << (i % 8)
		}
	}
	return json.Marshal(fmt.Sprintf("%d:%s", len(b), base64.StdEncoding.EncodeToString(packed)))
}

// UnmarshalJSON reads what MarshalJSON writes.
func (b *Bits) UnmarshalJSON(data []byte) error {
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	count, text, found := strings.Cut(s, ":")
	n, err := strconv.Atoi(count)
	if err != nil || !found || n < 0 {
		return fmt.Errorf("bits %.20q: want a length, a colon and base64", s)
	}
	packed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return fmt.Errorf("bits: %w", err)
	}
	if len(packed) != (n+7)/8 {
		return fmt.Errorf("bits: %d bytes for %d bits, want %d", len(packed), n, (n+7)/8)
	}
	*b = make(Bits, n)
	for i := range *b {
		(*b)[i] = packed[i/8]>>(i%8)&1 != 0
	}
	return nil
}
