package experiment

import (
	"cmp"
	"slices"
	"strings"

	"github.com/hardneg/hardneg/lib/contrast"
)

// Family is the records that may be compared with each other: all else equal, they differ in policy, method and seed.
type Family struct {
	Setting Setting // of its MoCo runs, without policy and seed; of another method where there are none
	Arms    []Arm   // 0-100 first, then bands from the hardest on, other policies, controls last
}

// Arm is the records of one policy or method, in the order of their seeds.
type Arm struct {
	Name    string
	Records []*Record
}

// Families groups finished records. Data sets of one name whose bytes differ (another order of the images, say) are
// kept apart. An untrained encoder belongs to every family of its data and net, a supervised one to those that
// trained as long and on the same views as it.
func Families(records []*Record) []Family {
	var families []Family
	index := map[kin]int{}
	var others []*Record
	for _, r := range records {
		if r.Result == nil {
			continue
		}
		if r.Setting.Method != MoCo {
			others = append(others, r)
			continue
		}
		s := r.Setting
		s.Policy, s.Seed = "", 0
		key := kin{s, r.Data.Train.Sum, r.Data.Test.Sum}
		i, known := index[key]
		if !known {
			i = len(families)
			index[key] = i
			families = append(families, Family{Setting: s})
		}
		families[i].add(r)
	}
	for _, r := range others {
		found := false
		for i := range families {
			if families[i].controlledBy(r) {
				families[i].add(r)
				found = true
			}
		}
		if !found {
			families = append(families, Family{Setting: r.Setting})
			families[len(families)-1].add(r)
		}
	}
	for i := range families {
		families[i].sort()
	}
	return families
}

// kin is what the runs of MoCo in a family have in common.
type kin struct {
	setting     Setting // without policy and seed
	train, test string  // sums of the data
}

// controlledBy tells whether r, of another method, may stand beside the records of f.
func (f *Family) controlledBy(r *Record) bool {
	data := f.Arms[0].Records[0].Data
	if shared(f.Setting) != shared(r.Setting) || data.Train.Sum != r.Data.Train.Sum || data.Test.Sum != r.Data.Test.Sum {
		return false
	}
	return r.Setting.Method == Untrained || f.Setting.Method != MoCo || supervisedOf(f.Setting) == supervisedOf(r.Setting)
}

// supervisedOf is the setting of a supervised run with all else as in s.
func supervisedOf(s Setting) Setting {
	s.Method, s.Seed = Supervised, 0
	s.clear()
	return s
}

// shared is what all methods have in common.
func shared(s Setting) Setting {
	return Setting{Version: s.Version, Dataset: s.Dataset, TrainImages: s.TrainImages, TestImages: s.TestImages,
		Size: s.Size, Net: s.Net, Width: s.Width}
}

func (f *Family) add(r *Record) {
	name := r.Setting.Arm()
	for i := range f.Arms {
		if f.Arms[i].Name == name {
			for _, have := range f.Arms[i].Records {
				if have.Setting.Seed == r.Setting.Seed {
					return // a control that differs in what this family does not have; the first one stays
				}
			}
			f.Arms[i].Records = append(f.Arms[i].Records, r)
			return
		}
	}
	f.Arms = append(f.Arms, Arm{name, []*Record{r}})
}

func (f *Family) sort() {
	for _, a := range f.Arms {
		slices.SortFunc(a.Records, func(a, b *Record) int { return cmp.Compare(a.Setting.Seed, b.Setting.Seed) })
	}
	slices.SortStableFunc(f.Arms, func(a, b Arm) int {
		return cmp.Or(cmp.Compare(place(a.Name), place(b.Name)), compareBands(a.Name, b.Name), strings.Compare(a.Name, b.Name))
	})
}

// Arm returns the arm called name, or an empty one.
func (f Family) Arm(name string) Arm {
	for _, a := range f.Arms {
		if a.Name == name {
			return a
		}
	}
	return Arm{Name: name}
}

func place(name string) int {
	_, err := contrast.ParseBand(name)
	switch {
	case name == "0-100":
		return 0
	case err == nil:
		return 1
	case name == Untrained:
		return 3
	case name == Supervised:
		return 4
	}
	return 2
}

func compareBands(a, b string) int {
	x, errX := contrast.ParseBand(a)
	y, errY := contrast.ParseBand(b)
	if errX != nil || errY != nil {
		return 0
	}
	return cmp.Or(cmp.Compare(x.Lo, y.Lo), cmp.Compare(x.Hi, y.Hi))
}
