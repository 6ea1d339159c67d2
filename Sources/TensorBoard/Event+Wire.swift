import CTareMessages
import Messages

extension Event {
  var packed: [UInt8] {
    let draft = Draft()
    let wire = unsafe draft.make(tare__tensorboard__event__init)
    unsafe wire.pointee.wall_time = wallTime
    unsafe wire.pointee.step = Int64(step)
    switch content {
    case .fileVersion:
      unsafe wire.pointee.what_case = TARE__TENSORBOARD__EVENT__WHAT_FILE_VERSION
      unsafe wire.pointee.file_version = draft.text("brain.Event:2")
    case .sessionStart:
      let log = unsafe draft.make(tare__tensorboard__session_log__init)
      unsafe log.pointee.status = TARE__TENSORBOARD__SESSION_LOG__STATUS__START
      unsafe wire.pointee.what_case = TARE__TENSORBOARD__EVENT__WHAT_SESSION_LOG
      unsafe wire.pointee.session_log = unsafe log
    case .values(let values):
      let summary = unsafe draft.make(tare__tensorboard__summary__init)
      unsafe summary.pointee.n_value = values.count
      unsafe summary.pointee.value = unsafe draft.list(values) { unsafe $0.wire(in: draft) }
      unsafe wire.pointee.what_case = TARE__TENSORBOARD__EVENT__WHAT_SUMMARY
      unsafe wire.pointee.summary = unsafe summary
    }
    let size = unsafe tare__tensorboard__event__get_packed_size(wire)
    return withExtendedLifetime(draft) {
      unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        count = unsafe tare__tensorboard__event__pack(wire, buffer.baseAddress)
      }
    }
  }
}

extension Event.Tagged {
  fileprivate func wire(in draft: Draft) -> UnsafeMutablePointer<Tare__Tensorboard__Summary__Value> {
    let wire = unsafe draft.make(tare__tensorboard__summary__value__init)
    unsafe wire.pointee.tag = draft.text(tag)
    switch value {
    case .scalar(let number):
      unsafe wire.pointee.value_case = TARE__TENSORBOARD__SUMMARY__VALUE__VALUE_SIMPLE_VALUE
      unsafe wire.pointee.simple_value = Float(number)
    case .histogram(let histogram):
      unsafe wire.pointee.value_case = TARE__TENSORBOARD__SUMMARY__VALUE__VALUE_HISTO
      unsafe wire.pointee.histo = unsafe histogram.wire(in: draft)
    case .experiment, .sessionStart, .sessionEnd:
      // The plugin reads the metadata; the tensor only has to be there.
      let tensor = unsafe draft.make(tare__tensorboard__tensor__init)
      unsafe tensor.pointee.dtype = TARE__TENSORBOARD__TENSOR__DATA_TYPE__DT_FLOAT
      unsafe tensor.pointee.tensor_shape = unsafe draft.make(tare__tensorboard__tensor__shape__init)
      unsafe wire.pointee.value_case = TARE__TENSORBOARD__SUMMARY__VALUE__VALUE_TENSOR
      unsafe wire.pointee.tensor = unsafe tensor
      let plugin = unsafe draft.make(tare__tensorboard__summary_metadata__plugin_data__init)
      unsafe plugin.pointee.plugin_name = draft.text("hparams")
      unsafe plugin.pointee.content = unsafe value.pluginData(in: draft)
      let metadata = unsafe draft.make(tare__tensorboard__summary_metadata__init)
      unsafe metadata.pointee.plugin_data = unsafe plugin
      unsafe metadata.pointee.data_class = TARE__TENSORBOARD__SUMMARY_METADATA__DATA_CLASS__DATA_CLASS_TENSOR
      unsafe wire.pointee.metadata = unsafe metadata
    }
    return unsafe wire
  }
}

extension Histogram {
  fileprivate func wire(in draft: Draft) -> UnsafeMutablePointer<Tare__Tensorboard__Histogram> {
    let wire = unsafe draft.make(tare__tensorboard__histogram__init)
    unsafe wire.pointee.min = min
    unsafe wire.pointee.max = max
    unsafe wire.pointee.num = Double(count)
    unsafe wire.pointee.sum = sum
    unsafe wire.pointee.sum_squares = sumOfSquares
    unsafe wire.pointee.n_bucket_limit = limits.count
    unsafe wire.pointee.bucket_limit = unsafe draft.copy(limits)
    unsafe wire.pointee.n_bucket = counts.count
    unsafe wire.pointee.bucket = unsafe draft.copy(counts.map(Double.init))
    return unsafe wire
  }
}
