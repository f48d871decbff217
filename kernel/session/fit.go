package session

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hardneg/hardneg/kernel/display"
)

// fit is d as front ends and notebooks take it: text under each type, or any JSON under a type of JSON. Bytes that are no
// text become base64. JSON is encoded at once, so that what a cell changes afterwards does not change what was shown.
// A value that JSON cannot hold, such as NaN, is left out, and the plain text says why.
func fit(d display.Data) display.Data {
	out := display.Data{Data: display.MIMEMap{}, Metadata: display.MIMEMap{}, Transient: display.MIMEMap{}}
	var missing []string
	put := func(to display.MIMEMap, what, key string, v any) {
		text, err := encoded(v)
		if err != nil {
			missing = append(missing, fmt.Sprintf("%s%s is not shown: %v", what, key, err))
			return
		}
		to[key] = text
	}
	for _, mime := range slices.Sorted(maps.Keys(d.Data)) {
		v := d.Data[mime]
		b, isBytes := v.([]byte)
		switch _, isText := v.(string); {
		case isText:
			out.Data[mime] = v
		case isJSON(mime) && isBytes:
			put(out.Data, "", mime, json.RawMessage(b))
		case isJSON(mime):
			put(out.Data, "", mime, v)
		case isBytes && (strings.HasPrefix(mime, "text/") || mime == display.MIMETypeSVG) && utf8.Valid(b):
			out.Data[mime] = string(b)
		case isBytes:
			out.Data[mime] = base64.StdEncoding.EncodeToString(b)
		default:
			out.Data[mime] = fmt.Sprint(v)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(d.Metadata)) {
		put(out.Metadata, "metadata ", key, d.Metadata[key])
	}
	for _, key := range slices.Sorted(maps.Keys(d.Transient)) {
		put(out.Transient, "transient ", key, d.Transient[key])
	}
	if len(missing) > 0 {
		if text, ok := out.Data[display.MIMETypeText].(string); ok {
			missing = append([]string{text}, missing...)
		}
		out.Data[display.MIMETypeText] = strings.Join(missing, "\n")
	}
	return out
}

func isJSON(mime string) bool {
	return mime == display.MIMETypeJSON || strings.HasSuffix(mime, "+json")
}

// encoded is v as JSON, with <, > and & as they are; a string stays one.
func encoded(v any) (any, error) {
	if s, ok := v.(string); ok {
		return s, nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return json.RawMessage(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil
}
