package wire

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"
)

// Version is the protocol that headers name.
const Version = "5.5"

// Header is who sent a message, when, and of what type.
type Header struct {
	ID       string `json:"msg_id"`
	Username string `json:"username"`
	Session  string `json:"session"`
	Date     string `json:"date"`
	Type     string `json:"msg_type"`
	Version  string `json:"version"`
}

// Message is a request as it came.
type Message struct {
	Identities [][]byte // of the peer, to which the reply goes
	Header     Header
	Raw        json.RawMessage // the header's own bytes, which replies carry as their parent's
	Parent     json.RawMessage // the header of the message that this one answers
	Metadata   json.RawMessage
	Content    json.RawMessage
	Buffers    [][]byte // raw data after the content, which is not signed
	signature  string
	from       *Socket
}

// Packet is a message to be sent.
type Packet struct {
	Type     string
	Content  any
	Metadata any // nil: empty
	Buffers  [][]byte
}

// Decode unpacks a content into v.
func (m *Message) Decode(v any) error {
	if err := json.Unmarshal(m.Content, v); err != nil {
		return fmt.Errorf("%s: content: %w", m.Header.Type, err)
	}
	return nil
}

// Why a message is dropped.
var (
	ErrMalformed = errors.New("malformed message")
	ErrSignature = errors.New("message with a wrong signature")
	ErrReplay    = errors.New("message sent twice")
)

var delimiter = []byte("<IDS|MSG>")

// most is how many frames may stand before the delimiter.
const most = 32

// Decode reads the frames of a message: identities, delimiter, signature, header, parent header, metadata, content, and
// any number of buffers.
func Decode(frames [][]byte, key []byte) (*Message, error) {
	at := -1
	for i := range frames[:min(len(frames), most)] {
		if bytes.Equal(frames[i], delimiter) {
			at = i
			break
		}
	}
	if at < 0 || len(frames) < at+6 {
		return nil, fmt.Errorf("%w: no delimiter, or less than six frames from it on", ErrMalformed)
	}
	body := frames[at+2 : at+6]
	if len(key) > 0 {
		// hmac.Equal takes the same time for every wrong signature
		if !hmac.Equal(sign(body, key), frames[at+1]) {
			return nil, ErrSignature
		}
	}
	m := &Message{Identities: frames[:at], Raw: body[0], Parent: body[1], Metadata: body[2], Content: body[3], Buffers: frames[at+6:],
		signature: string(frames[at+1])}
	if err := json.Unmarshal(body[0], &m.Header); err != nil || m.Header.Type == "" || !utf8.Valid(body[0]) {
		return nil, fmt.Errorf("%w: header", ErrMalformed)
	}
	for _, part := range body[1:] {
		if !isObject(part) {
			return nil, fmt.Errorf("%w: %q has a part that is no JSON object", ErrMalformed, m.Header.Type)
		}
	}
	return m, nil
}

// isObject tells whether b is a JSON object. An empty one may be spelled null.
func isObject(b []byte) bool {
	b = bytes.TrimLeft(b, " \t\r\n")
	return json.Valid(b) && (b[0] == '{' || b[0] == 'n')
}

// Encode makes the frames of a message. parent is the request that it answers, or nil.
func Encode(identities [][]byte, parent *Message, session string, p Packet, key []byte) ([][]byte, error) {
	header, err := json.Marshal(Header{ID: NewID(), Username: "kernel", Session: session,
		Date: time.Now().UTC().Format("2006-01-02T15:04:05.000000Z"), Type: p.Type, Version: Version})
	if err != nil {
		return nil, err
	}
	raw := []byte("{}")
	if parent != nil {
		raw = parent.Raw
	}
	metadata := []byte("{}")
	if p.Metadata != nil {
		if metadata, err = marshal(p.Metadata); err != nil {
			return nil, fmt.Errorf("%s: metadata: %w", p.Type, err)
		}
	}
	content, err := marshal(p.Content)
	if err != nil {
		return nil, fmt.Errorf("%s: content: %w", p.Type, err)
	}
	body := [][]byte{header, raw, metadata, content}
	frames := make([][]byte, 0, len(identities)+6+len(p.Buffers))
	frames = append(frames, identities...)
	frames = append(frames, delimiter, sign(body, key))
	frames = append(frames, body...)
	return append(frames, p.Buffers...), nil
}

// marshal is json.Marshal, save that <, > and & stay as they are: markup would grow by half.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// sign is the hexadecimal HMAC-SHA256 of the frames, empty without a key.
func sign(frames [][]byte, key []byte) []byte {
	if len(key) == 0 {
		return []byte{}
	}
	m := hmac.New(sha256.New, key)
	for _, f := range frames {
		m.Write(f)
	}
	return hex.AppendEncode(nil, m.Sum(nil))
}

// NewID is a random name.
func NewID() string {
	var b [16]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
