import { DoubleSide, MeshStandardMaterial } from 'three'

export const ghostOpacity = 0.38

/** A surface without gloss; a ghost's is translucent and hides nothing behind it. */
export const matte = (roughness: number, ghost: boolean): MeshStandardMaterial =>
  new MeshStandardMaterial({
    roughness,
    metalness: 0,
    transparent: ghost,
    opacity: ghost ? ghostOpacity : 1,
    depthWrite: !ghost,
  })

/** A sheet that is seen from both sides, with a colour at each vertex. */
export const sheet = (vertexColors: boolean): MeshStandardMaterial =>
  new MeshStandardMaterial({
    roughness: 0.8,
    metalness: 0,
    side: DoubleSide,
    vertexColors,
    // Lines on the sheet lie before it.
    polygonOffset: true,
    polygonOffsetFactor: 1,
    polygonOffsetUnits: 1,
  })
