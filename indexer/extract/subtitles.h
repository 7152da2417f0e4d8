/* Subtitles: SubRip and WebVTT. Cues are joined to passages of a minute, whose heading is the
 * time that they begin at. */
#ifndef AKIN_INDEXER_EXTRACT_SUBTITLES_H
#define AKIN_INDEXER_EXTRACT_SUBTITLES_H

#include "indexer/extract/outline.h"

void subtitles_outline(struct outline *o);

#endif
