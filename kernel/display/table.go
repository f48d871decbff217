package display

import (
	"fmt"
	"html"
	"strings"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"
)

// rowsShown is how many rows of a table are drawn; the first and last halves of a longer one.
const rowsShown = 60

// table draws a gota frame: names above, types as the columns' hints, numbers to the right.
func table(df dataframe.DataFrame) Data {
	if df.Err != nil {
		return Text(Plain(df.Err))
	}
	names, types := df.Names(), df.Types()
	var b strings.Builder
	b.WriteString("<table><thead><tr>")
	for i, n := range names {
		fmt.Fprintf(&b, `<th scope="col" title="%s" style="text-align: %s">%s</th>`, types[i], side(types[i]), html.EscapeString(n))
	}
	b.WriteString("</tr></thead><tbody>\n")
	rows := df.Nrow()
	for r := range rows {
		if rows > rowsShown && r >= rowsShown/2 && r < rows-rowsShown/2 {
			if r == rowsShown/2 {
				fmt.Fprintf(&b, `<tr><td colspan="%d">... %d rows ...</td></tr>`+"\n", len(names), rows-rowsShown)
			}
			continue
		}
		b.WriteString("<tr>")
		for c := range names {
			fmt.Fprintf(&b, `<td style="text-align: %s">%s</td>`, side(types[c]), html.EscapeString(cell(df.Elem(r, c))))
		}
		b.WriteString("</tr>\n")
	}
	fmt.Fprintf(&b, "</tbody></table>\n<p>%d rows, %d columns</p>", rows, len(names))
	return MakeData3(MIMETypeHTML, df.String(), b.String())
}

func side(t series.Type) string {
	if t == series.Int || t == series.Float {
		return "right"
	}
	return "left"
}

// cell is an element's text; a float's is the shortest that tells it from its neighbours to 6 digits.
func cell(e series.Element) string {
	if e.IsNA() {
		return "NaN"
	}
	if e.Type() == series.Float {
		return fmt.Sprintf("%.6g", e.Float())
	}
	return e.String()
}
