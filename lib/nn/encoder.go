// Package nn holds the encoders, their weights, and the Gorgonia graphs that run them.
//
// An Encoder is an architecture. Weights are its parameters and running statistics. A Graph binds both to a batch
// size; several graphs share one set of weights: the query encoder with gradients, the key encoder without, and one
// that computes features with running statistics.
//
// Parameters are named as PyTorch names those of a torch.nn.Module, and files of weights load there as a
// state_dict (safetensors.torch.load_file; num_batches_tracked is not kept):
//
//	main      conv1.weight bn1.weight bn1.bias ... conv4.weight bn4.weight bn4.bias
//	resnet18  conv1.weight bn1.weight bn1.bias
//	          layer1.0.conv1.weight layer1.0.bn1.weight layer1.0.bn1.bias layer1.0.conv2.weight ...
//	          layer2.0.downsample.0.weight layer2.0.downsample.1.weight ... layer4.1.bn2.bias  (as torchvision)
//	head      head.0.weight head.0.bias, of two layers also head.2.weight head.2.bias
//	Classes   fc.weight fc.bias
//
// and each BatchNorm has running_mean and running_var beside weight and bias.
package nn

import (
	"fmt"

	"gorgonia.org/tensor"
)

// Encoder is an architecture. It owns no weights.
type Encoder struct {
	Config Config // with defaults filled in

	body  []block
	head  []dense
	names []spec // parameters in the order of the arena
	norms []norm // BatchNorms in order
}

// unit is a convolution without bias and the BatchNorm after it.
type unit struct {
	conv, bn                string
	in, out, kernel, stride int
}

// block is a chain of units, ReLU after each. With residual, its input is added before the last ReLU, by way of
// shortcut where that is not nil.
type block struct {
	units    []unit
	residual bool
	shortcut *unit
}

// dense is a linear layer with bias.
type dense struct {
	name    string
	in, out int
	relu    bool
}

// spec is a parameter to be: its values are drawn from U(-bound, bound), or are all fill where bound is 0.
type spec struct {
	name  string
	shape tensor.Shape
	bound float64
	fill  float32
}

type norm struct {
	name     string
	channels int
}

// New returns the encoder that c describes; an error says which field makes no sense.
func New(c Config) (*Encoder, error) {
	c, err := c.filled()
	if err != nil {
		return nil, err
	}
	e := &Encoder{Config: c}
	if c.Net == "resnet18" {
		e.body = resnet18(c.Width)
	} else {
		e.body = mainNet(c.Width)
	}
	e.head = head(c, e.FeatureDim())
	e.list()
	return e, nil
}

// FeatureDim is F, the length of the pooled feature.
func (e *Encoder) FeatureDim() int {
	last := e.body[len(e.body)-1].units
	return last[len(last)-1].out
}

// lastSide is the height and width of what is pooled, in pixels.
func (e *Encoder) lastSide() int {
	side := e.Config.Size
	for _, b := range e.body {
		for _, u := range b.units {
			side = (side + u.stride - 1) / u.stride
		}
	}
	return side
}

// OutDim is C: the length of an embedding, or the number of logits.
func (e *Encoder) OutDim() int { return e.head[len(e.head)-1].out }

// Parameters is the number of values that training changes.
func (e *Encoder) Parameters() int {
	n := 0
	for _, s := range e.names {
		n += s.shape.TotalSize()
	}
	return n
}

// mainNet is the body of "main" for a stem of w channels.
func mainNet(w int) []block {
	return []block{
		{units: []unit{{"conv1", "bn1", 3, w, 3, 2}}},
		{units: []unit{{"conv2", "bn2", w, w, 3, 1}}},
		{units: []unit{{"conv3", "bn3", w, 2 * w, 3, 2}}},
		{units: []unit{{"conv4", "bn4", 2 * w, 4 * w, 3, 2}}},
	}
}

// resnet18 is torchvision's body of BasicBlocks after a stem for small images.
func resnet18(w int) []block {
	body := []block{{units: []unit{{"conv1", "bn1", 3, w, 3, 1}}}}
	in := w
	for layer := range 4 {
		out, stride := w<<layer, 1
		if layer > 0 {
			stride = 2
		}
		for i := range 2 {
			name := fmt.Sprintf("layer%d.%d", layer+1, i)
			b := block{residual: true, units: []unit{
				{name + ".conv1", name + ".bn1", in, out, 3, stride},
				{name + ".conv2", name + ".bn2", out, out, 3, 1},
			}}
			if stride != 1 || in != out {
				b.shortcut = &unit{name + ".downsample.0", name + ".downsample.1", in, out, 1, stride}
			}
			body = append(body, b)
			in, stride = out, 1
		}
	}
	return body
}

// head is what follows the pool.
func head(c Config, in int) []dense {
	switch {
	case c.Classes > 0:
		return []dense{{"fc", in, c.Classes, false}}
	case c.Head == 1:
		return []dense{{"head.0", in, c.Dim, false}}
	}
	return []dense{{"head.0", in, in, true}, {"head.2", in, c.Dim, false}}
}
