package figure

import (
	"errors"
	"io"
	"path/filepath"

	"github.com/hardneg/hardneg/lib/atomicfile"
	"github.com/hardneg/hardneg/lib/experiment"
)

// ErrLacks is why a figure cannot be drawn from records that do not hold what it shows.
var ErrLacks = errors.New("figure: not in these records")

// SaveAll draws what the records of f allow, and writes it into dir under names that begin with prefix: accuracy by
// band, the axis of difficulty, the losses, the histograms of 0-5 and 0-100, each as SVG and PNG, and the
// table as CSV and Markdown. It returns the paths.
func SaveAll(dir, prefix string, f experiment.Family) (paths []string, err error) {
	save := func(name string, figure *Figure, err error) error {
		if errors.Is(err, ErrLacks) {
			return nil
		}
		if err != nil {
			return err
		}
		more, err := figure.Save(filepath.Join(dir, prefix+"-"+name))
		paths = append(paths, more...)
		return err
	}
	accuracy, aerr := AccuracyByBand(f)
	difficulty, derr := Figure1(f)
	loss, lerr := LossCurves(f)
	for _, err := range []error{
		save("accuracy", accuracy, aerr),
		save("figure1", difficulty, derr),
		save("loss", loss, lerr),
	} {
		if err != nil {
			return paths, err
		}
	}
	for _, arm := range []string{"0-5", "0-100"} {
		if a := f.Arm(arm); len(a.Records) > 0 {
			histogram, herr := BandHistogram(a.Records[0])
			if err := save("band-"+arm, histogram, herr); err != nil {
				return paths, err
			}
		}
	}
	table := filepath.Join(dir, prefix+"-table")
	for _, file := range []struct {
		path  string
		write func(io.Writer) error
	}{
		{table + ".csv", func(w io.Writer) error { return WriteCSV(w, Table(f)) }},
		{table + ".md", func(w io.Writer) error { return WriteMarkdown(w, f) }},
	} {
		if err := atomicfile.Write(file.path, file.write); err != nil {
			return paths, err
		}
		paths = append(paths, file.path)
	}
	return paths, nil
}
