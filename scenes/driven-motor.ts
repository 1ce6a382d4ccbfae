import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs'
import type { PortHamiltonianSystem } from 'neurode/models'
import type { SystemDefinition, Toolkit } from 'neurode/sim'

/** The voltage at the port, V: known. */
const voltage = ({ tf }: Toolkit, t: Scalar): Tensor1D => tf.reshape(tf.mul(3, tf.sin(tf.mul(1.3, t))), [1])

/** A motor of inductance L, resistance r and constant K turns a pendulum of inertia I; x = (flux, p, angle). */
export default (toolkit: Toolkit): SystemDefinition => {
  const { tf, portHamiltonianDynamics } = toolkit
  const motor = ({ L, r, K, I, mgl, friction }: Readonly<Record<string, Tensor>>): PortHamiltonianSystem => {
    const zero = tf.scalar(0)
    const matrix = (rows: Tensor[][]) => tf.reshape(tf.stack(rows.flat()), [3, rows[0].length]) as Tensor2D
    return {
      hamiltonian(x) {
        const [flux, p, angle] = tf.unstack(x)
        const stored = tf.add(tf.div(tf.square(flux), tf.mul(2, L)), tf.div(tf.square(p), tf.mul(2, I)))
        return tf.add(stored, tf.mul(mgl, tf.sub(1, tf.cos(angle))))
      },
      interconnection: () =>
        matrix([
          [zero, tf.neg(K), zero],
          [K, zero, tf.scalar(-1)],
          [zero, tf.scalar(1), zero],
        ]),
      dissipation: () =>
        matrix([
          [r, zero, zero],
          [zero, friction, zero],
          [zero, zero, zero],
        ]),
      input: () => matrix([[tf.scalar(1)], [zero], [zero]]),
    }
  }
  return {
    state: { flux: 0, p: 0, angle: 0.5 }, // V·s, kg·m²/s, rad
    derivative: (t, x, parameters) => portHamiltonianDynamics(motor(parameters), x, voltage(toolkit, t)),
    energy: (_t, x, parameters) => motor(parameters).hamiltonian(x),
  }
}
