'use client'
import { useLayoutEffect, useRef, useState } from 'react'

/** The width of the element that gets `ref`, in whole pixels; null until it is on the screen. */
export function useWidth<Box extends HTMLElement>() {
  const ref = useRef<Box>(null)
  const [width, setWidth] = useState<number | null>(null)
  useLayoutEffect(() => {
    const box = ref.current
    if (!box) return
    const read = () => setWidth(Math.floor(box.clientWidth))
    read()
    const observer = new ResizeObserver(read)
    observer.observe(box)
    return () => observer.disconnect()
  }, [])
  return [ref, width] as const
}
