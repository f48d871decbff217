//go:build !linux

package avx

import "time"

func processorTime() time.Duration { return 0 } // not known
