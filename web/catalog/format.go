package catalog

import (
	"strconv"
	"strings"
	"time"
)

// Number writes an integer with its thousands apart.
func (l Lang) Number(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	separator := "\u202f"
	if l == English {
		separator = ","
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(separator)
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

// Decimal writes a number with the language's decimal mark.
func (l Lang) Decimal(x float64) string {
	text := strconv.FormatFloat(x, 'f', -1, 64)
	if l == French {
		text = strings.Replace(text, ".", ",", 1)
	}
	return text
}

// Size writes a number of bytes in the unit a person would choose.
func (l Lang) Size(bytes int64) string {
	units := []string{"octets", "Ko", "Mo", "Go", "To"}
	if l == English {
		units = []string{"bytes", "KB", "MB", "GB", "TB"}
	}
	x, unit := float64(bytes), 0
	for x >= 1000 && unit < len(units)-1 {
		x /= 1000
		unit++
	}
	digits := 0
	if unit > 0 && x < 100 {
		digits = 1
	}
	text := strconv.FormatFloat(x, 'f', digits, 64)
	if l == French {
		text = strings.Replace(text, ".", ",", 1)
	}
	return text + "\u00a0" + units[unit]
}

// Date writes a day.
func (l Lang) Date(t time.Time) string {
	if l == English {
		return t.Format("2 Jan 2006")
	}
	return t.Format("02/01/2006")
}

// Moment writes a day and the time of the day.
func (l Lang) Moment(t time.Time) string {
	if l == English {
		return t.Format("2 Jan 2006, 15:04")
	}
	return t.Format("02/01/2006 à 15:04")
}
