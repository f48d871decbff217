package session

import "testing"

func TestParseLimit(t *testing.T) {
	for text, want := range map[string]int{
		"50MB": 50_000_000, " 200 kB": 200_000, "1000": 1000, "7b": 7, "2GB": 2_000_000_000,
		"": 0, "MB": 0, "-1": 0, "0": 0, "3GB": 0, "1.5MB": 0, "99999999999999999999": 0, "9999999999GB": 0,
	} {
		if got, err := ParseLimit(text); got != want || (err == nil) != (want > 0) {
			t.Errorf("ParseLimit(%q) = %d, %v, want %d", text, got, err, want)
		}
	}
	t.Setenv(LimitVariable, "much")
	if _, err := New(); err == nil {
		t.Error("a limit that is no size was accepted")
	}
}
