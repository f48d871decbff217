package datasets

import (
	"fmt"

	"github.com/hardneg/hardneg/lib/parallel"
	"github.com/hardneg/hardneg/lib/stream"
)

// Taxa's defaults: side in pixels, images of the training and the test part.
const (
	TaxaSize  = 32
	TaxaTrain = 6000
	TaxaTest  = 3000
)

// openTaxa computes Taxa: pictures of woven patterns whose 108 classes form a tree, motif / arrangement / palette /
// overlay. What tells classes apart survives the two views of contrastive learning (crop, flip, brightness,
// contrast, saturation, hue within a tenth of a turn); what those erase (place, phase, scale, tone, a
// few degrees of turn) varies within a class, and each picture has a warp, tones and a grain of its own.
//
// Image i has class i mod 108, and is fixed by (seed, part, i): a longer set begins with a shorter one.
func openTaxa(o Options) (train, test Dataset, err error) {
	for _, v := range []struct {
		name         string
		value, limit int
	}{{"Size", o.Size, 512}, {"Train", o.Train, 1 << 24}, {"Test", o.Test, 1 << 24}} {
		if v.value < 0 || v.value > v.limit {
			return nil, nil, fmt.Errorf("taxa: %s is %d, want 0 (the default) to %d", v.name, v.value, v.limit)
		}
	}
	size := orDefault(o.Size, TaxaSize)
	if size < 4 {
		return nil, nil, fmt.Errorf("taxa: images of %d x %d pixels, want a side of at least 4", size, size)
	}
	return taxaPart(o.Seed, 0, orDefault(o.Train, TaxaTrain), size), taxaPart(o.Seed, 1, orDefault(o.Test, TaxaTest), size), nil
}

func orDefault(v, otherwise int) int {
	if v == 0 {
		return otherwise
	}
	return v
}

func taxaPart(seed uint64, part, n, size int) *Memory {
	bytes := size * size * 3
	m := &Memory{name: "taxa/" + partNames[part], height: size, width: size, pixels: make([]uint8, n*bytes), labels: make([]int, n)}
	parallel.For(n, 16, func(lo, hi int) {
		s := newWeaveScratch(size)
		for i := lo; i < hi; i++ {
			m.labels[i] = i % taxaLeaves
			r := stream.New(seed, stream.Taxa, uint64(part), uint64(i))
			w := drawWeave(m.labels[i], r)
			w.render(m.pixels[i*bytes:(i+1)*bytes], size, s)
			grain(m.pixels[i*bytes:(i+1)*bytes], r)
		}
	})
	m.tree = taxaTree(m.labels)
	m.classes = m.tree[TaxaDepths-1].Classes
	m.sum = m.contentSum()
	return m
}
