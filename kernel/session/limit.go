package session

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// LimitVariable is the environment variable that says how many bytes of output a cell may have: "50MB", "200kB", or a
// number of bytes.
const LimitVariable = "HARDNEG_OUTPUT_LIMIT"

// usual is the limit where the variable is not set.
const usual = 10_000_000

func limit() (int, error) {
	text := os.Getenv(LimitVariable)
	if text == "" {
		return usual, nil
	}
	n, err := ParseLimit(text)
	if err != nil {
		return 0, fmt.Errorf("the variable %s: %w", LimitVariable, err)
	}
	return n, nil
}

// ParseLimit reads a number of bytes such as "50MB", "200kB" or "1000".
func ParseLimit(text string) (int, error) {
	number, unit := strings.ToLower(strings.TrimSpace(text)), 1
	for _, u := range []struct {
		name string
		size int
	}{{"kb", 1000}, {"mb", 1000_000}, {"gb", 1000_000_000}, {"b", 1}} {
		if head, ok := strings.CutSuffix(number, u.name); ok {
			number, unit = strings.TrimSpace(head), u.size
			break
		}
	}
	n, err := strconv.Atoi(number)
	if err != nil || n <= 0 || n > most/unit {
		return 0, fmt.Errorf("%q is no size: want bytes, such as 50MB, at most 2GB", text)
	}
	return n * unit, nil
}

// most is the largest limit: all of it may have to be held.
const most = 2_000_000_000
