// Package wire carries Jupyter's messages over ZeroMQ: signatures, the five sockets, the pace of what is published. It
// knows what a message is, not what it means.
package wire

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net"
	"os"
	"runtime"
	"strings"
)

// Connection is the content of the file that Jupyter hands to a kernel.
type Connection struct {
	Transport string `json:"transport"` // "tcp" or "ipc"
	IP        string `json:"ip"`        // empty: 127.0.0.1; for ipc, the path before the port
	Key       string `json:"key"`       // of the signatures; empty: none
	Scheme    string `json:"signature_scheme"`
	Shell     int    `json:"shell_port"`
	Control   int    `json:"control_port"`
	Stdin     int    `json:"stdin_port"`
	IOPub     int    `json:"iopub_port"`
	Heartbeat int    `json:"hb_port"`
}

// advice is what to do about a connection file that is no good.
const advice = "it should be one that Jupyter has written: choose the kernel in JupyterLab, or type `jupyter console --kernel hardneg`"

// largest is how many bytes a connection file may have; Jupyter's have 300.
const largest = 64 << 10

// ReadConnection reads and checks a connection file. What is doubtful, but no error, goes to the log.
func ReadConnection(path string) (Connection, error) {
	fail := func(err error) (Connection, error) {
		return Connection{}, fmt.Errorf("connection file %s: %w; %s", path, err, advice)
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		if p, ok := err.(*fs.PathError); ok {
			err = p.Err
		}
		return fail(err)
	case !info.Mode().IsRegular():
		return fail(fmt.Errorf("it is no file"))
	case info.Size() > largest:
		return fail(fmt.Errorf("it has %d bytes, more than %d", info.Size(), largest))
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return fail(err)
	}
	c, err := parseConnection(b)
	if err != nil {
		return fail(err)
	}
	for _, w := range c.warnings(path, info.Mode()) {
		Log.Print(w)
	}
	return c, nil
}

func parseConnection(b []byte) (c Connection, err error) {
	if err := json.Unmarshal(b, &c); err != nil {
		return c, fmt.Errorf("it is no connection file: %w", err)
	}
	if c.IP == "" && c.Transport != "ipc" {
		c.IP = "127.0.0.1"
	}
	return c, c.check()
}

func (c Connection) check() error {
	if c.Transport != "tcp" && c.Transport != "ipc" {
		return fmt.Errorf("transport is %q, want tcp or ipc", c.Transport)
	}
	if c.IP == "" || strings.ContainsRune(c.IP, 0) {
		return fmt.Errorf("ip is %q, want the path of the sockets", c.IP)
	}
	if c.Key != "" && c.Scheme != "" && c.Scheme != "hmac-sha256" {
		return fmt.Errorf("signature_scheme is %q, want hmac-sha256", c.Scheme)
	}
	if c.Key == "" && !c.local() {
		return fmt.Errorf("key is empty and ip is %s: whoever reaches this machine could run code", c.IP)
	}
	used := map[int]string{}
	for _, p := range []struct {
		name string
		port int
	}{{"shell_port", c.Shell}, {"control_port", c.Control}, {"stdin_port", c.Stdin}, {"iopub_port", c.IOPub}, {"hb_port", c.Heartbeat}} {
		if p.port < 1 || p.port > 65535 {
			return fmt.Errorf("%s is %d, want 1 to 65535", p.name, p.port)
		}
		if used[p.port] != "" {
			return fmt.Errorf("%s and %s are both %d", used[p.port], p.name, p.port)
		}
		used[p.port] = p.name
	}
	return nil
}

// local tells whether only this machine reaches the sockets.
func (c Connection) local() bool {
	ip := net.ParseIP(c.IP)
	return c.Transport == "ipc" || c.IP == "localhost" || ip != nil && ip.IsLoopback()
}

// warnings say what a careful user would want to know.
func (c Connection) warnings(path string, mode fs.FileMode) (out []string) {
	if mode.Perm()&0o077 != 0 && runtime.GOOS != "windows" {
		out = append(out, fmt.Sprintf("other users can read %s (mode %04o), and with its key run code as you: type `chmod 600 %s`", path, mode.Perm(), path))
	}
	if c.Key == "" {
		out = append(out, fmt.Sprintf("the key in %s is empty: every user of this machine can run code as you", path))
	}
	if !c.local() {
		out = append(out, fmt.Sprintf("%s has the ip %s: other machines can reach the kernel, and what they exchange is not encrypted", path, c.IP))
	}
	return out
}

func (c Connection) address(port int) string {
	if c.Transport == "ipc" {
		return fmt.Sprintf("ipc://%s-%d", c.IP, port)
	}
	ip := c.IP
	switch {
	case ip == "*":
		ip = ""
	case strings.Contains(ip, ":"):
		ip = "[" + ip + "]"
	}
	return fmt.Sprintf("tcp://%s:%d", ip, port)
}
