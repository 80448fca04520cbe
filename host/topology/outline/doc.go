// Package outline knows the outlines of countries: well enough to say whether a point lies in a country
// within some kilometres, and to draw a map of the world.
//
// The outlines are Natural Earth's (public domain), at about 1:50 million and laid on a grid of 0.02°;
// tools/outlines says how they are made. A point near a border may be off by some 5 km, and the
// smallest islands are not there, so ask with a tolerance. The lines are those of who administers a
// ground, and say nothing on claims; Crimea is in the outlines of Ukraine and of Russia.
//
// The package serves the checks of people's work and pictures. No decision reads it, and the host does
// not link it.
package outline
