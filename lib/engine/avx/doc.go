// Package avx is the engine for amd64 CPUs: cpu's engine with kernels in assembly for AVX2 with FMA and for AVX-512.
// What the machine has is asked at run time; $HARDNEG_ISA (avx2, avx512) forces one of the two, and the results of
// both are equal bit for bit. On other platforms the package compiles, and Open returns an error.
package avx

//go:generate go run ./gen
