// Package wire carries Jupyter's messages over ZeroMQ: frames, signatures, the five sockets. It knows what a message is,
// not what it means.
package wire

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// Connection is the content of the file that Jupyter hands to a kernel.
type Connection struct {
	Transport string `json:"transport"` // "tcp" or "ipc"
	IP        string `json:"ip"`        // for ipc, the path before the port
	Key       string `json:"key"`       // of the signatures; empty: none
	Scheme    string `json:"signature_scheme"`
	Shell     int    `json:"shell_port"`
	Control   int    `json:"control_port"`
	Stdin     int    `json:"stdin_port"`
	IOPub     int    `json:"iopub_port"`
	Heartbeat int    `json:"hb_port"`
}

// ReadConnection reads and checks a connection file.
func ReadConnection(path string) (Connection, error) {
	var c Connection
	b, err := os.ReadFile(path)
	if err != nil {
		return c, fmt.Errorf("connection file: %w", err)
	}
	if err := json.Unmarshal(b, &c); err != nil {
		return c, fmt.Errorf("connection file %s: %w", path, err)
	}
	if err := c.check(); err != nil {
		return c, fmt.Errorf("connection file %s: %w", path, err)
	}
	return c, nil
}

func (c Connection) check() error {
	if c.Transport != "tcp" && c.Transport != "ipc" {
		return fmt.Errorf("transport is %q, want tcp or ipc", c.Transport)
	}
	if c.IP == "" {
		return fmt.Errorf("ip is empty")
	}
	if c.Key != "" && c.Scheme != "" && c.Scheme != "hmac-sha256" {
		return fmt.Errorf("signature_scheme is %q, want hmac-sha256", c.Scheme)
	}
	for name, port := range map[string]int{
		"shell_port": c.Shell, "control_port": c.Control, "stdin_port": c.Stdin, "iopub_port": c.IOPub, "hb_port": c.Heartbeat,
	} {
		if port < 1 || port > 65535 {
			return fmt.Errorf("%s is %d, want 1 to 65535", name, port)
		}
	}
	return nil
}

func (c Connection) address(port int) string {
	if c.Transport == "ipc" {
		return fmt.Sprintf("ipc://%s-%d", c.IP, port)
	}
	ip := c.IP
	if strings.Contains(ip, ":") {
		ip = "[" + ip + "]"
	}
	return fmt.Sprintf("tcp://%s:%d", ip, port)
}
