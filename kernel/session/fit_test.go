package session

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/hardneg/hardneg/kernel/display"
	"github.com/hardneg/hardneg/kernel/interp"
)

// kept keeps what is shown, and encodes it at the end, as the notebook runner does.
type kept struct{ all []display.Data }

func (k *kept) Stream(name, text string)            {}
func (k *kept) Clear(wait bool)                     {}
func (k *kept) Display(d display.Data, update bool) { k.all = append(k.all, d) }

// Whatever a cell shows or returns can be sent and stored, and stays as it was when it was shown.
func TestWhatIsShownIsFit(t *testing.T) {
	s := open(t)
	for _, c := range []struct{ code, want string }{
		{"import \"math\"\ndisplay.JSON(map[string]any{\"x\": math.NaN()})",
			`{"text/plain":"map[x:NaN]\napplication/json is not shown: json: unsupported value: NaN"}{}`},
		{"m := map[string]any{\"x\": 1}\nDisplay(display.JSON(m))\nm[\"x\"] = 2", `{"application/json":{"x":1},"text/plain":"map[x:1]"}{}`},
		{"display.MIME(display.MIMEMap{\"text/html\": []byte(\"<b>\"), \"image/png\": []byte{1, 2}, \"text/plain\": 3, \"a/b+json\": []byte(`[1]`)}, nil)",
			`{"a/b+json":[1],"image/png":"AQI=","text/html":"<b>","text/plain":"3"}{}`},
		{"display.MIME(display.MIMEMap{\"text/plain\": \"t\"}, display.MIMEMap{\"f\": func() {}, \"alt\": \"a & b\"})",
			`{"text/plain":"t\nmetadata f is not shown: json: unsupported type: func()"}{"alt":"a & b"}`},
	} {
		var out kept
		result, failure := s.Execute(context.Background(), interp.Cell{Code: c.code, Number: 1}, &out)
		if failure != nil {
			t.Fatal(failure)
		}
		if result != nil {
			out.all = append(out.all, *result)
		}
		got := ""
		for _, d := range out.all {
			for _, part := range []any{d.Data, d.Metadata} {
				v, err := encoded(part)
				if err != nil {
					t.Fatalf("%s: %v", c.code, err)
				}
				got += string(v.(json.RawMessage))
			}
		}
		if got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.code, got, c.want)
		}
	}
}
