package figure

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"

	"github.com/hardneg/hardneg/lib/experiment"
)

// Table is a family's numbers, one row an arm. For the linear probe and for the kNN with k 20: the mean over seeds
// with half its 95% t-interval, the difference to 0-100 paired by seed with its own, all in per cent, and R, the share
// of the gain over the untrained encoder; of the kNN with k 200 the mean. NaN is what the records do not hold.
func Table(f experiment.Family) dataframe.DataFrame {
	var names, words []string
	var seeds []int
	for _, a := range f.Arms {
		names, words = append(names, a.Name), append(words, ArmWords(a.Name))
		seeds = append(seeds, len(a.Records))
	}
	columns := []series.Series{
		series.New(names, series.String, "arm"),
		series.New(words, series.String, "keeps"),
		series.New(seeds, series.Int, "seeds"),
	}
	for i, m := range experiment.Metrics() {
		var mean, half, diff, diffHalf, gain []float64
		for _, a := range f.Arms {
			e := experiment.EstimateOf(a.Values(m))
			mean, half = append(mean, hundredths(100*e.Mean)), append(half, hundredths(100*e.Half))
			d := experiment.EstimateOf(experiment.Differences(a, f.Arm("0-100"), m))
			diff, diffHalf = append(diff, hundredths(100*d.Mean)), append(diffHalf, hundredths(100*d.Half))
			gain = append(gain, hundredths(f.GainShare(a.Name, m)))
		}
		columns = append(columns, series.New(mean, series.Float, m.Name))
		if i < 2 {
			columns = append(columns,
				series.New(half, series.Float, m.Name+" ±"),
				series.New(diff, series.Float, m.Name+" to 0-100"),
				series.New(diffHalf, series.Float, m.Name+" to 0-100 ±"),
				series.New(gain, series.Float, m.Name+" R"))
		}
	}
	return dataframe.New(columns...)
}

// hundredths rounds to two digits after the point, the last of which is already uncertain.
func hundredths(v float64) float64 { return math.Round(v*100) / 100 }

// rows are the cells of df as text: floats without zeros at their end, what is missing as the given word.
func rows(df dataframe.DataFrame, missing string) [][]string {
	out := make([][]string, df.Nrow())
	for r := range out {
		for c := range df.Ncol() {
			e := df.Elem(r, c)
			text := e.String()
			if e.Type() == series.Float {
				if text = missing; !math.IsNaN(e.Float()) {
					text = strconv.FormatFloat(e.Float(), 'f', -1, 64)
				}
			}
			out[r] = append(out[r], text)
		}
	}
	return out
}

// WriteCSV writes df with a line of column names; what is missing is empty.
func WriteCSV(w io.Writer, df dataframe.DataFrame) error {
	c := csv.NewWriter(w)
	if err := c.Write(df.Names()); err != nil {
		return err
	}
	if err := c.WriteAll(rows(df, "")); err != nil {
		return err
	}
	return c.Error()
}

// WriteMarkdown writes df as a table under a title and above a note that says what its columns are.
func WriteMarkdown(w io.Writer, f experiment.Family) error {
	df := Table(f)
	var b strings.Builder
	fmt.Fprintf(&b, "# Accuracy by the negatives that training keeps\n\n%s. Top-1 accuracy in per cent.\n\n", scale(f.Setting))
	fmt.Fprintf(&b, "| %s |\n|%s\n", strings.Join(df.Names(), " | "), strings.Repeat("---|", df.Ncol()))
	for _, row := range rows(df, "-") {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(row, " | "))
	}
	b.WriteString(`
linear: multinomial logistic regression on standardised frozen features, by full-batch L-BFGS, the primary measure. kNN 20, kNN 200: k nearest
neighbours by cosine, weights exp(cos/0.1). Both on the pooled feature of the backbone in evaluation mode. ±: half a 95% t-interval over
seeds. to 0-100: difference to training on all negatives, paired by seed. R: (accuracy - untrained) / (0-100 - untrained), of means over the
seeds in common.
`)
	_, err := io.WriteString(w, b.String())
	return err
}
