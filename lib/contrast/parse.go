package contrast

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/hardneg/hardneg/lib/suggest"
)

// ParseBand reads "0-5", "0.1-100": two decimal percentiles, the harder one first.
func ParseBand(text string) (Band, error) {
	from, to, found := strings.Cut(text, "-")
	if !found {
		return Band{}, fmt.Errorf("band %q: write two percentiles with a hyphen between them, such as 0-5 for the hardest 5%%", text)
	}
	lo, err := parsePercent(from)
	if err != nil {
		return Band{}, fmt.Errorf("band %q: %w", text, err)
	}
	hi, err := parsePercent(to)
	if err != nil {
		return Band{}, fmt.Errorf("band %q: %w", text, err)
	}
	b := Band{lo, hi}
	if lo > hi {
		return Band{}, fmt.Errorf("%w: did you mean %v?", b.check(), Band{hi, lo})
	}
	return b, b.check()
}

// ParsePolicy reads what a Policy's String writes: "0-5" is a Band, "random 5" is Random.
func ParsePolicy(text string) (Policy, error) {
	word, rest, _ := strings.Cut(text, " ")
	if word == "" || strings.ContainsAny(word[:1], "0123456789.+-") {
		b, err := ParseBand(text)
		if err != nil {
			return nil, err
		}
		return b, nil
	}
	if word != "random" {
		return nil, fmt.Errorf("%w, or a band such as 0-5", suggest.Unknown("policy", word, []string{"random"}))
	}
	percent, err := parsePercent(strings.TrimSuffix(rest, "%"))
	if err != nil {
		return nil, fmt.Errorf("policy %q: %w; write it as random 5", text, err)
	}
	r := Random{percent}
	if err := r.check(); err != nil {
		return nil, err
	}
	return r, nil
}

// parsePercent reads a plain decimal number, the form in which percentages are written: digits and at most one point.
func parsePercent(text string) (float64, error) {
	if strings.Trim(text, "0123456789.") != "" {
		return 0, fmt.Errorf("%q is not a decimal number", text)
	}
	p, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not a decimal number", text)
	}
	return p, nil
}
