package kernel

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"testing"

	"github.com/hardneg/hardneg/kernel/internal/history"
	"github.com/hardneg/hardneg/kernel/session"
	"github.com/hardneg/hardneg/kernel/wire"

	_ "github.com/hardneg/hardneg/kernel/bindings"
)

// nobody is a front that counts, and encodes what it is told as a wire does.
type nobody struct {
	replies, busy atomic.Int32
	wrong         error
}

func (n *nobody) encode(parent *wire.Message, p wire.Packet) {
	frames, err := wire.Encode(nil, parent, "s", p, []byte("key"))
	if err == nil {
		_, err = wire.Decode(frames, []byte("key"))
	}
	if err != nil {
		n.wrong = fmt.Errorf("%s: %w", p.Type, err)
	}
}

func (n *nobody) Reply(parent *wire.Message, msgType string, content any) {
	n.replies.Add(1)
	n.encode(parent, wire.Packet{Type: msgType, Content: content})
}

func (n *nobody) Publish(parent *wire.Message, p wire.Packet) { n.encode(parent, p) }

func (n *nobody) Status(parent *wire.Message, state string) {
	n.busy.Add(map[string]int32{"busy": 1, "idle": -1}[state])
	n.encode(parent, wire.Packet{Type: "status", Content: object{"execution_state": state}})
}

func (n *nobody) Ask(parent *wire.Message, msgType string, content any) error {
	return session.ErrNoAnswer
}

func (n *nobody) Rush() {}

// No content of any request crashes the kernel, and every request gets its reply and its idle. Cells are left out, so
// that the fuzzer does not run what it finds: those are FuzzFrontEnd's, in package interp.
func FuzzMessages(f *testing.F) {
	types := []string{"kernel_info_request", "connect_request", "is_complete_request", "complete_request", "inspect_request",
		"history_request", "comm_info_request", "comm_open", "comm_msg", "comm_close", "interrupt_request", "shutdown_request", "execute_request", "unknown"}
	for i := range types {
		for _, c := range []string{`{}`, `{"code":"fmt.Pri","cursor_pos":7,"detail_level":1}`, `{"code":"x := [](","cursor_pos":-1}`,
			`{"hist_access_type":"search","pattern":"a*?","n":3,"unique":true,"output":true}`, `{"hist_access_type":"range","session":-1,"start":-9,"stop":null}`,
			`{"comm_id":"c","target_name":"t","data":{"a":[1,2]}}`, `null`, `{"restart":true}`} {
			f.Add(uint8(i), []byte(c))
		}
	}
	stderr := os.Stderr // a session takes it
	s, err := session.Open(session.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(s.Close)
	wire.Log.SetOutput(io.Discard)
	f.Cleanup(func() { wire.Log.SetOutput(stderr) })
	past := history.New(nil, f.Logf)
	past.Add(1, "a := 1", "")
	f.Fuzz(func(t *testing.T, kind uint8, data []byte) {
		n := &nobody{}
		k := &kernel{wire: n, session: s, queue: newQueue(), answers: newAnswers(), history: past, stop: func(error) {}}
		msgType := types[int(kind)%len(types)]
		if msgType == "execute_request" { // only the reading of the request
			var r executeRequest
			if json.Unmarshal(data, &r) == nil {
				return
			}
		}
		header, _ := json.Marshal(wire.Header{ID: "1", Type: msgType})
		m, err := wire.Decode([][]byte{[]byte("<IDS|MSG>"), {}, header, []byte("{}"), []byte("{}"), data}, nil)
		if err != nil {
			return
		}
		k.handle(m)
		want := int32(1)
		if msgType == "unknown" || msgType[:4] == "comm" && msgType != "comm_info_request" {
			want = 0
		}
		if n.replies.Load() != want || n.busy.Load() != 0 || n.wrong != nil {
			t.Errorf("%s %q: %d replies, busy %d, %v", msgType, data, n.replies.Load(), n.busy.Load(), n.wrong)
		}
	})
}
