package carte

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"html/template"
	"io"
	"net/url"
	"strconv"
	"strings"
)

// Render says how a map becomes markup; the texts come from the page's
// catalog.
type Render struct {
	// Label names the map to those who do not see it: "Carte des sites".
	Label string
	// Count tells how many sites a cluster holds: "3 sites". Nil writes the
	// number alone.
	Count func(n int) string
	// Link makes the address that shows a view; nil makes "?lat=…", on the
	// same page.
	Link func(View) string
	// List is where a cluster leads when no view shows its sites apart; empty,
	// it leads to the first of them.
	List string
}

// mostNames is how many names the title of a cluster gives.
const mostNames = 12

// WriteSVG writes the map as one svg element for an HTML page or a file. It
// has neither script nor style: the classes below, all starting with carte,
// are the stylesheet's. It returns the writer's error.
func (m Map) WriteSVG(w io.Writer, r Render) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" class="carte" role="group" aria-label="%s" viewBox="0 0 %d %d" width="%d" height="%d">`,
		escape(r.Label), m.Width, m.Height, m.Width, m.Height)
	m.writeBackground(&b)
	for i := range m.Markers {
		writeMarker(&b, &m.Markers[i], r)
	}
	b.WriteString("\n</svg>\n")
	_, err := w.Write(b.Bytes())
	return err
}

// HTML returns what WriteSVG writes, for a template to include.
func (m Map) HTML(r Render) template.HTML {
	var b strings.Builder
	_ = m.WriteSVG(&b, r) // a Builder takes everything
	return template.HTML(b.String())
}

func (m Map) writeBackground(b *bytes.Buffer) {
	b.WriteString("\n<g class=\"carte-fond\" aria-hidden=\"true\">\n")
	fmt.Fprintf(b, `<rect class="carte-mer" x="%v" y="%v" width="%v" height="%v"/>`+"\n",
		m.Sea.X, m.Sea.Y, m.Sea.Width, m.Sea.Height)
	if m.Land != "" {
		fmt.Fprintf(b, `<path class="carte-terre" fill-rule="evenodd" d="%s"/>`+"\n", m.Land)
	}
	if m.Borders != "" {
		fmt.Fprintf(b, `<path class="carte-frontieres" fill="none" d="%s"/>`+"\n", m.Borders)
	}
	fmt.Fprintf(b, `<path class="carte-graticule" fill="none" d="%s"/>`+"\n", m.Graticule)
	for _, d := range m.Degrees {
		writeText(b, "carte-degre", degreeSize, d)
	}
	b.WriteString("</g>\n")
	s := m.Scale
	fmt.Fprintf(b, `<g class="carte-echelle" role="img" aria-label="%s"><path fill="none" d="M%v %vv6h%vv-6"/>`,
		escape(s.Label), s.X, s.Y, s.Width)
	writeText(b, "carte-echelle-texte", degreeSize, Text{tenth(s.X + s.Width/2), s.Y, "middle", s.Label})
	b.WriteString("</g>")
}

func writeText(b *bytes.Buffer, class string, size int, t Text) {
	fmt.Fprintf(b, `<text class="%s" x="%v" y="%v" font-size="%d" text-anchor="%s">%s</text>`+"\n",
		class, t.X, t.Y, size, t.Anchor, escape(t.Text))
}

// writeMarker writes a site or a cluster: a link when it leads somewhere,
// else an image that the keyboard reaches all the same.
func writeMarker(b *bytes.Buffer, k *Marker, r Render) {
	class := "carte-site"
	if len(k.Points) > 1 {
		class = "carte-site carte-groupe"
	}
	title := escape(k.title(r))
	href, element := safe(k.target(r)), "g"
	if href != "" {
		element = "a"
		fmt.Fprintf(b, "\n<a class=\"%s\" href=\"%s\" aria-label=\"%s\">", class, escape(href), title)
	} else {
		fmt.Fprintf(b, "\n<g class=\"%s\" role=\"img\" tabindex=\"0\" aria-label=\"%s\">", class, title)
	}
	fmt.Fprintf(b, `<title>%s</title><circle class="carte-focus" fill="none" cx="%v" cy="%v" r="%v"/>`,
		title, k.X, k.Y, k.Radius+4)
	fmt.Fprintf(b, `<circle class="carte-point" cx="%v" cy="%v" r="%v"/>`, k.X, k.Y, k.Radius)
	if len(k.Points) > 1 {
		fmt.Fprintf(b, `<text class="carte-nombre" x="%v" y="%v" font-size="%d" text-anchor="middle">%d</text>`,
			k.X, tenth(k.Y+4), degreeSize, len(k.Points))
	}
	if k.Text.Text != "" {
		writeText(b, "carte-nom", labelSize, k.Text)
	}
	fmt.Fprintf(b, "</%s>", element)
}

// title is the full name of a marker: "3 sites (Akwa, Bonabéri, Deïdo)".
func (k *Marker) title(r Render) string {
	if len(k.Points) == 1 {
		return k.Names[0]
	}
	count := strconv.Itoa(len(k.Points))
	if r.Count != nil {
		count = r.Count(len(k.Points))
	}
	names, more := k.Names, ""
	if len(names) > mostNames {
		names, more = names[:mostNames], ", …"
	}
	return count + " (" + strings.Join(names, ", ") + more + ")"
}

// target is where a marker leads, "" when nowhere.
func (k *Marker) target(r Render) string {
	switch {
	case len(k.Points) > 1 && k.Closer != nil && r.Link != nil:
		return r.Link(*k.Closer)
	case len(k.Points) > 1 && k.Closer != nil:
		return string(k.Closer.Href())
	case len(k.Points) > 1 && r.List != "":
		return r.List
	}
	return k.Href
}

// safe returns the address if following it cannot run anything, else "".
func safe(href string) string {
	u, err := url.Parse(href)
	if err != nil || u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return href
}

// escape makes a text fit for an attribute or an element, in HTML and XML;
// characters that neither allows become U+FFFD.
func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes everything
	return b.String()
}
