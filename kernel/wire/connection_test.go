package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

const goodFile = `{"transport":"tcp","ip":"127.0.0.1","key":"k","signature_scheme":"hmac-sha256","shell_port":1,"control_port":2,"stdin_port":3,"iopub_port":4,"hb_port":5,"kernel_name":"x","jupyter_session":""}`

// logged returns what f writes to the log.
func logged(f func()) string {
	old := Log
	defer func() { Log = old }()
	var b bytes.Buffer
	Log = log.New(&b, "", 0)
	f()
	return b.String()
}

func TestReadConnection(t *testing.T) {
	change := func(old, new string) string { return strings.Replace(goodFile, old, new, 1) }
	for name, c := range map[string]struct{ text, want string }{
		"good":          {goodFile, ""},
		"no ip":         {change(`"ip":"127.0.0.1",`, ""), ""},
		"port":          {change(`"shell_port":1`, `"shell_port":0`), "shell_port is 0"},
		"port twice":    {change(`"shell_port":1`, `"shell_port":2`), "shell_port and control_port are both 2"},
		"port a string": {change(`"shell_port":1`, `"shell_port":"1"`), "shell_port"},
		"scheme":        {change("hmac-sha256", "hmac-md5"), "signature_scheme"},
		"udp":           {change("tcp", "udp"), "transport"},
		"cut":           {goodFile[:20], "no connection file: unexpected end of JSON"},
		"foreign":       {`{"argv":["x"]}`, "transport is"},
		"not JSON":      {"hello", "no connection file: invalid character"},
		"empty":         {"", "no connection file"},
		"open to all":   {strings.NewReplacer(`"key":"k"`, `"key":""`, "127.0.0.1", "0.0.0.0").Replace(goodFile), "key is empty and ip is 0.0.0.0"},
		"too long":      {strings.Repeat(" ", largest+1), "bytes, more than"},
	} {
		path := filepath.Join(t.TempDir(), "c.json")
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		conn, err := ReadConnection(path)
		switch {
		case c.want == "" && (err != nil || conn.IP != "127.0.0.1"):
			t.Errorf("%s: %+v, error %v", name, conn, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "type `")):
			t.Errorf("%s: error %v, want %q, the file's name and what to do", name, err, c.want)
		}
	}
	none := filepath.Join(t.TempDir(), "none")
	if _, err := ReadConnection(none); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), none) {
		t.Errorf("missing file: %v", err)
	}
	if _, err := ReadConnection(t.TempDir()); err == nil || !strings.Contains(err.Error(), "no file") {
		t.Errorf("a folder: %v", err)
	}
}

// What is no error, but doubtful, is said in the log.
func TestConnectionWarnings(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		mode os.FileMode
		want string
	}{
		"private":        {goodFile, 0o600, ""},
		"world-readable": {goodFile, 0o644, "chmod 600"},
		"no key":         {strings.Replace(goodFile, `"k"`, `""`, 1), 0o600, "is empty"},
		"not loopback":   {strings.Replace(goodFile, "127.0.0.1", "192.0.2.1", 1), 0o600, "other machines"},
		"ipc":            {strings.NewReplacer("tcp", "ipc", "127.0.0.1", "/x/k").Replace(goodFile), 0o600, ""},
	} {
		if runtime.GOOS == "windows" && c.mode != 0o600 {
			continue
		}
		path := filepath.Join(t.TempDir(), "c.json")
		if err := os.WriteFile(path, []byte(c.text), c.mode); err != nil {
			t.Fatal(err)
		}
		os.Chmod(path, c.mode)
		var err error
		got := logged(func() { _, err = ReadConnection(path) })
		if err != nil || (c.want == "") != (got == "") || !strings.Contains(got, c.want) || got != "" && !strings.Contains(got, path) {
			t.Errorf("%s: log %q, error %v, want %q", name, got, err, c.want)
		}
	}
}

// No file crashes the reader, and what it accepts can be listened at.
func FuzzConnection(f *testing.F) {
	f.Add([]byte(goodFile))
	f.Add([]byte(`{"transport":"ipc","ip":"/tmp/k","shell_port":1,"control_port":2,"stdin_port":3,"iopub_port":4,"hb_port":5}`))
	f.Add([]byte(`{}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := parseConnection(data)
		if err != nil {
			return
		}
		if !json.Valid(data) || c.IP == "" || c.Key == "" && !c.local() {
			t.Errorf("accepted %q", data)
		}
		if a := c.address(c.Shell); !strings.HasPrefix(a, "tcp://") && !strings.HasPrefix(a, "ipc://") {
			t.Errorf("address %q", a)
		}
	})
}
