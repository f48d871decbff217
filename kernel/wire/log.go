package wire

import (
	"log"
	"os"
)

// Log is where the kernel writes what concerns whoever runs it: to the stderr that the process was started with, which
// is never a cell's.
var Log = log.New(os.Stderr, "hardneg kernel: ", log.LstdFlags|log.Lmsgprefix)
