package probe

import (
	"context"
	"fmt"

	"github.com/hardneg/hardneg/lib/engine"
	"gonum.org/v1/gonum/optimize"
)

// LinearConfig says what Linear minimises and how long. The zero value is the setting of the pilot.
type LinearConfig struct {
	L2         float64       // weight of the sum of squared weights, biases left out; 0 is 1e-3, negative is none
	Iterations int           // at most; 0 is 1000
	Engine     engine.Engine // nil is the one that engine.Open("") gives
}

// Linear trains multinomial logistic regression on standardised features (by the mean and the unbiased standard
// deviation of train) to the minimum of
//
//	mean over i of -log softmax(W x_i + b)[label i]  +  L2 sum of W^2
//
// by L-BFGS over all images at once, from zero. The minimum is unique, so the accuracy depends on nothing else. It
// ends where no element of the gradient is above 1e-5, or where ten iterations gain less than 1e-6 of the objective;
// Result.Objective is the minimum found.
func Linear(ctx context.Context, train []float32, labels []int, test []float32, testLabels []int, dim, classes int, c LinearConfig) (Result, error) {
	if c.L2 == 0 {
		c.L2 = 1e-3
	}
	if c.Iterations == 0 {
		c.Iterations = 1000
	}
	if err := check("training features", train, labels, dim, classes); err != nil {
		return Result{}, err
	}
	if err := check("test features", test, testLabels, dim, classes); err != nil {
		return Result{}, err
	}
	e, err := open(c.Engine)
	if err != nil {
		return Result{}, err
	}
	mean, std := moments(train, dim)
	o := newObjective(e, standardise(train, mean, std), labels, dim, classes, max(c.L2, 0))
	best, err := optimize.Minimize(
		optimize.Problem{
			Func:   o.value,
			Grad:   o.gradient,
			Status: func() (optimize.Status, error) { return status(ctx) },
		},
		make([]float64, classes*dim+classes),
		&optimize.Settings{
			GradientThreshold: 1e-5,
			MajorIterations:   c.Iterations,
			Converger:         &optimize.FunctionConverge{Relative: 1e-6, Iterations: 10},
		},
		&optimize.LBFGS{Store: 10},
	)
	if ctx.Err() != nil {
		return Result{}, ctx.Err()
	}
	// Products are float32, so that at the very bottom a line search may find nothing lower, and says that it failed.
	if best == nil || err != nil && !(o.steepest(best.X) <= 1e-4) {
		return Result{}, fmt.Errorf("probe: logistic regression of %d images in %d classes: %w", len(labels), classes, err)
	}
	if best.Status == optimize.IterationLimit {
		return Result{}, fmt.Errorf("probe: logistic regression has not converged in %d iterations (objective %g): allow more, or raise L2 above %g", c.Iterations, best.F, c.L2)
	}
	r := result(o.predict(standardise(test, mean, std), best.X), testLabels)
	r.Objective, r.Iterations = best.F, best.MajorIterations
	return r, nil
}

func status(ctx context.Context) (optimize.Status, error) {
	if err := ctx.Err(); err != nil {
		return optimize.Failure, err
	}
	return optimize.NotTerminated, nil
}
