/**
 * A module that is loaded when something of it is first looked at. A program has one service mostly: what the others
 * take and give would only make it start later.
 *
 * @internal
 */
export function lazily<Module extends object>(load: () => Module): Module {
  let loaded: Module | undefined
  const module = (): Module => {
    loaded ??= load()
    return loaded
  }
  return new Proxy({} as Module, {
    get: (_, name) => Reflect.get(module(), name),
    has: (_, name) => Reflect.has(module(), name),
    ownKeys: () => Reflect.ownKeys(module()),
    getOwnPropertyDescriptor: (_, name) => {
      const property = Reflect.getOwnPropertyDescriptor(module(), name)
      // What the object behind does not have itself may not be told as fixed.
      return property && { ...property, configurable: true }
    },
    set: () => false,
    defineProperty: () => false,
    deleteProperty: () => false,
  })
}
