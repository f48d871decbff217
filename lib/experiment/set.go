package experiment

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/hardneg/hardneg/lib/suggest"
)

// Set changes one field of s by its name in the record, from text: "temperature" "0.2", "views.blur" "0.5". An
// unknown name is an error with the nearest one.
func (s *Setting) Set(name, value string) error {
	if head, rest, nested := strings.Cut(name, "."); nested && head == "views" {
		if s.Views == (Views{}) {
			s.Views = defaultViews
		}
		return set(reflect.ValueOf(&s.Views).Elem(), "views.", rest, value)
	}
	return set(reflect.ValueOf(s).Elem(), "", name, value)
}

func set(fields reflect.Value, prefix, name, value string) error {
	var names []string
	for i := range fields.NumField() {
		tag, _, _ := strings.Cut(fields.Type().Field(i).Tag.Get("json"), ",")
		if tag == "version" || tag == "views" {
			continue
		}
		names = append(names, prefix+tag)
		if tag != name {
			continue
		}
		text := value
		if fields.Field(i).Kind() == reflect.String {
			text = strconv.Quote(value)
		}
		if err := json.Unmarshal([]byte(text), fields.Field(i).Addr().Interface()); err != nil {
			return fmt.Errorf("setting %s%s = %q: it is a %s", prefix, name, value, kinds[fields.Field(i).Kind()])
		}
		return nil
	}
	return suggest.Unknown("setting", prefix+name, names)
}

var kinds = map[reflect.Kind]string{
	reflect.Int: "whole number", reflect.Uint64: "whole number, not negative", reflect.Float64: "number", reflect.Bool: "true or false", reflect.String: "text",
}
