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
	Content    json.RawMessage
	signature  string
	from       *Socket
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
)

var delimiter = []byte("<IDS|MSG>")

// most is how many frames may stand before the delimiter.
const most = 32

// Decode reads the frames of a message: identities, delimiter, signature, header, parent header, metadata, content.
func Decode(frames [][]byte, key []byte) (*Message, error) {
	at := -1
	for i := range frames[:min(len(frames), most)] {
		if bytes.Equal(frames[i], delimiter) {
			at = i
			break
		}
	}
	if at < 0 || len(frames) < at+6 {
		return nil, ErrMalformed
	}
	body := frames[at+2 : at+6]
	if len(key) > 0 {
		// hmac.Equal takes the same time for every wrong signature
		if !hmac.Equal(sign(body, key), frames[at+1]) {
			return nil, ErrSignature
		}
	}
	m := &Message{Identities: frames[:at], Raw: body[0], Content: body[3], signature: string(frames[at+1])}
	if err := json.Unmarshal(body[0], &m.Header); err != nil || m.Header.Type == "" {
		return nil, ErrMalformed
	}
	if !json.Valid(body[3]) {
		return nil, ErrMalformed
	}
	return m, nil
}

// Encode makes the frames of a message. parent is the request that it answers, or nil.
func Encode(identities [][]byte, parent *Message, session, msgType string, content any, key []byte) ([][]byte, error) {
	header, err := json.Marshal(Header{ID: NewID(), Username: "kernel", Session: session,
		Date: time.Now().UTC().Format("2006-01-02T15:04:05.000000Z"), Type: msgType, Version: Version})
	if err != nil {
		return nil, err
	}
	raw := []byte("{}")
	if parent != nil {
		raw = parent.Raw
	}
	c, err := json.Marshal(content)
	if err != nil {
		return nil, fmt.Errorf("%s: content: %w", msgType, err)
	}
	body := [][]byte{header, raw, []byte("{}"), c}
	frames := make([][]byte, 0, len(identities)+6)
	frames = append(frames, identities...)
	frames = append(frames, delimiter, sign(body, key))
	return append(frames, body...), nil
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
