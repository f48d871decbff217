package suggest

import "testing"

func TestClose(t *testing.T) {
	names := []string{"Println", "Print", "fmt", "length", "tar"}
	for got, want := range map[string]string{"Printn": "Println", "lenght": "length", "Fmt": "fmt", "bar": "tar", "x": "", "nothing": "", "println": "Println", "Prontloon": ""} {
		if near := Close(got, names); near != want {
			t.Errorf("%s: %q, want %q", got, near, want)
		}
	}
}
