import type { XmlElement, XmlReader } from './xml.ts'

/** Attributes of elements, with those that their class gives. */
export interface MjcfDefaults {
  /** @param inherited the childclass of the nearest body that has one */
  apply(element: XmlElement, inherited: string | undefined): XmlElement
}

const main = 'main'

/** The classes of a model: each has what the class around it has, unless it says otherwise. */
export function mjcfDefaults(reader: XmlReader): MjcfDefaults {
  const classes = new Map<string, Record<string, Record<string, string>>>([[main, {}]])
  const add = (element: XmlElement, parent: string | undefined) => {
    const name = element.attributes.class ?? main
    const settings: Record<string, Record<string, string>> = {}
    for (const [tag, attributes] of Object.entries(classes.get(parent ?? name) ?? {}))
      settings[tag] = { ...attributes }
    for (const child of element.children)
      if (child.name !== 'default') settings[child.name] = { ...settings[child.name], ...child.attributes }
    classes.set(name, settings)
    for (const child of reader.all(element, 'default')) add(child, name)
  }
  for (const element of reader.all(reader.root, 'default')) add(element, undefined)
  return {
    apply(element, inherited) {
      const name = element.attributes.class ?? inherited ?? main
      const settings = classes.get(name)
      if (!settings) reader.refuse(element, `there is no class "${name}"`, 'class')
      return { ...element, attributes: { ...settings?.[element.name], ...element.attributes } }
    },
  }
}
