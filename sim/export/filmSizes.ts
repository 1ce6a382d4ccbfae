/** Sizes of a film's pictures, as the viewer's page offers them; a GIF's are half as wide and high. */
export const filmSizes = ['1280x720', '1920x1080', '1080x1080', '640x360'] as const

export type FilmSize = (typeof filmSizes)[number]
