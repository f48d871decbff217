package kernel

import (
	"runtime"
	"strings"

	"github.com/hardneg/hardneg/kernel/wire"
)

// info says what the kernel is. That supported_features is empty says that it has no debugger and no subshells.
func (k *kernel) info(*wire.Message) object {
	version := strings.TrimPrefix(runtime.Version(), "go")
	return object{
		"status": "ok", "protocol_version": wire.Version, "implementation": "hardneg", "implementation_version": Version,
		"language_info": object{
			"name": "go", "version": version, "mimetype": "text/x-go", "file_extension": ".go",
			"pygments_lexer": "go", "codemirror_mode": "go", "nbconvert_exporter": "script",
		},
		"banner":             "Go " + version + ", interpreted: the hardneg kernel " + Version,
		"help_links":         []object{{"text": "Go", "url": "https://go.dev/doc/"}, {"text": "hardneg", "url": "https://github.com/hardneg/hardneg"}},
		"supported_features": []string{},
		"debugger":           false,
	}
}

// ports answers connect_request, by which old clients ask for the ports.
func (k *kernel) ports(*wire.Message) object {
	c := k.connection
	return object{"status": "ok", "shell_port": c.Shell, "control_port": c.Control, "stdin_port": c.Stdin,
		"iopub_port": c.IOPub, "hb_port": c.Heartbeat}
}
