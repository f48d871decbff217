package avx

// columns writes n columns of src's rows, which are srcStep floats apart, as units: column j is the 16 floats from
// dst[j*dstStep] on. Rows that are not there (count < 16) read as zeros.
func columns(dst []float32, dstStep int, src []float32, srcStep, count, n int) {
	done := 0
	if count == unit && n >= 4 {
		groups := n / 4
		done = 4 * groups
		_, _ = dst[(done-1)*dstStep+unit-1], src[(unit-1)*srcStep+done-1] // the ends of what assembly touches
		columns16(&dst[0], &src[0], int64(4*dstStep), int64(4*srcStep), int64(groups))
	}
	for j := done; j < n; j++ {
		d := dst[j*dstStep : j*dstStep+unit]
		for i := range count {
			d[i] = src[i*srcStep+j]
		}
		clear(d[count:])
	}
}

// rows is the reverse of columns: it writes n columns, unit by unit, as count rows.
func rows(dst []float32, dstStep int, src []float32, srcStep, count, n int) {
	done := 0
	if count == unit && n >= 4 {
		groups := n / 4
		done = 4 * groups
		_, _ = src[(done-1)*srcStep+unit-1], dst[(unit-1)*dstStep+done-1]
		rows16(&dst[0], &src[0], int64(4*dstStep), int64(4*srcStep), int64(groups))
	}
	for j := done; j < n; j++ {
		s := src[j*srcStep : j*srcStep+unit]
		for i := range count {
			dst[i*dstStep+j] = s[i]
		}
	}
}
