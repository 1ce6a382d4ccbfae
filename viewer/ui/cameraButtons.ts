import type { CameraView } from '../../sim/files/viewerSeries.ts'
import { isCameraView } from '../cameraRig.ts'

/** The buttons of the camera's views. */
export interface CameraButtons {
  /** Marks the view that the camera has; `free` marks none. */
  show(view: CameraView | 'free'): void
  press(view: CameraView): void
}

export function bindCameraButtons(chosen: (view: CameraView) => void): CameraButtons {
  const buttons = [...document.querySelectorAll<HTMLButtonElement>('[data-view]')]
  for (const button of buttons)
    button.addEventListener('click', () => {
      const { view } = button.dataset
      if (isCameraView(view)) chosen(view)
    })
  return {
    show: view => {
      for (const button of buttons) button.ariaPressed = String(button.dataset.view === view)
    },
    press: chosen,
  }
}
