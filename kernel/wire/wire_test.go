package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
)

var key = []byte("a0436f6c-1916-498b-8eb9-e81ab9368e84")

func sample(t testing.TB) [][]byte {
	parent := &Message{Raw: json.RawMessage(`{"msg_id":"p"}`)}
	frames, err := Encode([][]byte{[]byte("peer")}, parent, "session", Packet{Type: "execute_request", Content: map[string]string{"code": "1+1"}, Buffers: [][]byte{{0, 255}}}, key)
	if err != nil {
		t.Fatal(err)
	}
	return frames
}

// The signature of known frames, computed with Python's hmac module.
func TestSignature(t *testing.T) {
	body := [][]byte{[]byte(`{"a":1}`), []byte(`{}`), []byte(`{}`), []byte(`{"code":"x"}`)}
	const want = "760dc81aed1a216ddf15bcb8ab00449806bc8cc8964bbabd28fa4d77d560baf8"
	if got := string(sign(body, key)); got != want {
		t.Errorf("sign = %s, want %s", got, want)
	}
}

func TestDecodeReadsWhatEncodeWrites(t *testing.T) {
	m, err := Decode(sample(t), key)
	if err != nil {
		t.Fatal(err)
	}
	var c struct{ Code string }
	if err := m.Decode(&c); err != nil || c.Code != "1+1" || m.Header.Type != "execute_request" || string(m.Identities[0]) != "peer" || len(m.Buffers) != 1 {
		t.Errorf("got %+v, code %q, %v", m, c.Code, err)
	}
}

func TestDecodeRefuses(t *testing.T) {
	change := func(f func(fs [][]byte) [][]byte) [][]byte { return f(sample(t)) }
	for name, c := range map[string]struct {
		frames [][]byte
		want   error
	}{
		"nothing":         {nil, ErrMalformed},
		"no delimiter":    {change(func(f [][]byte) [][]byte { return append(f[:1:1], f[2:]...) }), ErrMalformed},
		"too short":       {change(func(f [][]byte) [][]byte { return f[:6] }), ErrMalformed},
		"other content":   {change(func(f [][]byte) [][]byte { f[6] = []byte(`{"code":"2"}`); return f }), ErrSignature},
		"no signature":    {change(func(f [][]byte) [][]byte { f[2] = nil; return f }), ErrSignature},
		"short signature": {change(func(f [][]byte) [][]byte { f[2] = f[2][:10]; return f }), ErrSignature},
		"content no JSON": {change(func(f [][]byte) [][]byte { f[6] = []byte("{"); f[2] = sign(f[3:7], key); return f }), ErrMalformed},
		"header no UTF-8": {change(func(f [][]byte) [][]byte {
			f[3] = []byte("{\"msg_type\":\"\xff\"}")
			f[2] = sign(f[3:7], key)
			return f
		}), ErrMalformed},
		"content no object": {change(func(f [][]byte) [][]byte { f[6] = []byte("[1]"); f[2] = sign(f[3:7], key); return f }), ErrMalformed},
		"parent no JSON":    {change(func(f [][]byte) [][]byte { f[4] = []byte("x"); f[2] = sign(f[3:7], key); return f }), ErrMalformed},
		"header no JSON":    {change(func(f [][]byte) [][]byte { f[3] = []byte("[]"); f[2] = sign(f[3:7], key); return f }), ErrMalformed},
	} {
		if _, err := Decode(c.frames, key); !errors.Is(err, c.want) {
			t.Errorf("%s: error %v, want %v", name, err, c.want)
		}
	}
}

func TestReplaysAreSeen(t *testing.T) {
	var r replays
	signature := func(n int) string { return fmt.Sprintf("%032x%032x", n, 0) }
	if r.before(signature(1_000_001)) || !r.before(signature(1_000_001)) || r.before(signature(1_000_002)) {
		t.Error("a signature is new once")
	}
	for i := range remembered {
		r.before(signature(i))
	}
	if len(r.set) != remembered || r.before(signature(1_000_001)) {
		t.Errorf("%d signatures are kept, want %d, the oldest forgotten", len(r.set), remembered)
	}
}

// No frames crash the decoder, and none but ours are accepted with a key.
func FuzzDecode(f *testing.F) {
	f.Add(bytes.Join(sample(f), []byte{0}))
	f.Add([]byte("<IDS|MSG>\x00\x00{}\x00{}\x00{}\x00{}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		frames := bytes.Split(data, []byte{0})
		if m, err := Decode(frames, nil); err == nil && (m.Header.Type == "" || !json.Valid(m.Content)) {
			t.Errorf("accepted %q", data)
		}
		if m, err := Decode(frames, key); err == nil && !bytes.Equal(sign([][]byte{m.Raw, frames[len(m.Identities)+3], frames[len(m.Identities)+4], m.Content}, key), []byte(m.signature)) {
			t.Errorf("accepted a wrong signature: %q", data)
		}
	})
}
