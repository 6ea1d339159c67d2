import CTareMessages
import Messages

extension Event.Value {
  /// What the HParams plugin reads of this value.
  func pluginData(in draft: Draft) -> UnsafeMutablePointer<Tare__Tensorboard__HParamsPluginData> {
    let wire = unsafe draft.make(tare__tensorboard__hparams_plugin_data__init)
    switch self {
    case .scalar, .histogram: break
    case .experiment(let experiment):
      unsafe wire.pointee.data_case = TARE__TENSORBOARD__HPARAMS_PLUGIN_DATA__DATA_EXPERIMENT
      unsafe wire.pointee.experiment = unsafe experiment.wire(in: draft)
    case .sessionStart(let hyperparameters, let time):
      let start = unsafe draft.make(tare__tensorboard__session_start_info__init)
      unsafe start.pointee.start_time_secs = time
      unsafe start.pointee.n_hparams = hyperparameters.count
      unsafe start.pointee.hparams = unsafe draft.list(hyperparameters) { unsafe $0.wire(in: draft) }
      unsafe wire.pointee.data_case = TARE__TENSORBOARD__HPARAMS_PLUGIN_DATA__DATA_SESSION_START_INFO
      unsafe wire.pointee.session_start_info = unsafe start
    case .sessionEnd(let status, let time):
      let end = unsafe draft.make(tare__tensorboard__session_end_info__init)
      unsafe end.pointee.end_time_secs = time
      unsafe end.pointee.status =
        status == .success ? TARE__TENSORBOARD__STATUS__STATUS_SUCCESS : TARE__TENSORBOARD__STATUS__STATUS_FAILURE
      unsafe wire.pointee.data_case = TARE__TENSORBOARD__HPARAMS_PLUGIN_DATA__DATA_SESSION_END_INFO
      unsafe wire.pointee.session_end_info = unsafe end
    }
    return unsafe wire
  }
}

extension Experiment {
  fileprivate func wire(in draft: Draft) -> UnsafeMutablePointer<Tare__Tensorboard__Experiment> {
    let wire = unsafe draft.make(tare__tensorboard__experiment__init)
    unsafe wire.pointee.name = draft.text(name)
    unsafe wire.pointee.n_hparam_infos = axes.count
    unsafe wire.pointee.hparam_infos = unsafe draft.list(axes) { unsafe $0.wire(in: draft) }
    unsafe wire.pointee.n_metric_infos = measures.count
    unsafe wire.pointee.metric_infos = unsafe draft.list(measures) { measure in
      let name = unsafe draft.make(tare__tensorboard__metric_name__init)
      unsafe name.pointee.tag = draft.text(measure.tag)
      let info = unsafe draft.make(tare__tensorboard__metric_info__init)
      unsafe info.pointee.name = unsafe name
      unsafe info.pointee.display_name = draft.text(measure.title)
      return unsafe info
    }
    return unsafe wire
  }
}

extension Experiment.Axis {
  fileprivate func wire(in draft: Draft) -> UnsafeMutablePointer<Tare__Tensorboard__HParamInfo> {
    let domain = unsafe draft.make(tare__tensorboard__list_value__init)
    unsafe domain.pointee.n_values = values.count
    unsafe domain.pointee.values = unsafe draft.list(values) { unsafe $0.wire(in: draft) }
    let wire = unsafe draft.make(tare__tensorboard__hparam_info__init)
    unsafe wire.pointee.name = draft.text(name)
    unsafe wire.pointee.domain_discrete = unsafe domain
    unsafe wire.pointee.type =
      switch values.first {
      case .number: TARE__TENSORBOARD__DATA_TYPE__DATA_TYPE_FLOAT64
      case .text: TARE__TENSORBOARD__DATA_TYPE__DATA_TYPE_STRING
      case .boolean: TARE__TENSORBOARD__DATA_TYPE__DATA_TYPE_BOOL
      case nil: TARE__TENSORBOARD__DATA_TYPE__DATA_TYPE_UNSET
      }
    return unsafe wire
  }
}

extension Hyperparameter {
  fileprivate func wire(in draft: Draft) -> UnsafeMutablePointer<Tare__Tensorboard__SessionStartInfo__Entry> {
    let wire = unsafe draft.make(tare__tensorboard__session_start_info__entry__init)
    unsafe wire.pointee.key = draft.text(name)
    unsafe wire.pointee.value = unsafe value.wire(in: draft)
    return unsafe wire
  }
}

extension Hyperparameter.Value {
  fileprivate func wire(in draft: Draft) -> UnsafeMutablePointer<Tare__Tensorboard__Value> {
    let wire = unsafe draft.make(tare__tensorboard__value__init)
    switch self {
    case .number(let number):
      unsafe wire.pointee.kind_case = TARE__TENSORBOARD__VALUE__KIND_NUMBER_VALUE
      unsafe wire.pointee.number_value = number
    case .text(let text):
      unsafe wire.pointee.kind_case = TARE__TENSORBOARD__VALUE__KIND_STRING_VALUE
      unsafe wire.pointee.string_value = draft.text(text)
    case .boolean(let boolean):
      unsafe wire.pointee.kind_case = TARE__TENSORBOARD__VALUE__KIND_BOOL_VALUE
      unsafe wire.pointee.bool_value = boolean ? 1 : 0
    }
    return unsafe wire
  }
}
